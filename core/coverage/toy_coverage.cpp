#include "core/api/coverage.h"

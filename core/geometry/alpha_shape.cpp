#include "core/geometry/alpha_shape.h"

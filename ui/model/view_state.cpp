#include "ui/model/view_state.h"

#include "core/mcmc/sampler.h"

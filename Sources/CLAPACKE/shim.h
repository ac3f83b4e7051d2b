#pragma once
// lapacke.h declares complex routines with C99 types that Swift does not import; the real ones are all we use.
#include <lapacke.h>

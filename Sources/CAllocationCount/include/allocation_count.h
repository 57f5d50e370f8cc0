#pragma once
#include <stdint.h>

/// Starts counting heap allocations of the calling thread, from zero.
void ropeline_allocations_start(void);
/// Stops, and returns how many there were.
uint64_t ropeline_allocations_stop(void);

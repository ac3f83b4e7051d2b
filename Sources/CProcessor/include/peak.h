#pragma once

/// The widest vector of floats that this processor multiplies and adds in one instruction: 16 with AVX-512, 8 with FMA
/// and AVX2, 4 on arm64 and on processors without either.
unsigned unfold_widest_vector(void);

/// Runs `rounds` rounds of twelve independent chains of fused multiply-adds on vectors of `lanes` floats, which fills
/// the multipliers of every current core and touches no memory, and returns the number of operations done (two a lane
/// and instruction). `lanes` must not exceed `unfold_widest_vector()`.
double unfold_run_multiply_adds(unsigned lanes, long rounds);

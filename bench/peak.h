// The most that one core of this machine computes, measured: what the trainer's speed is a share
// of.
#pragma once

namespace bench {

// GFLOP/s of multiply-adds on registers alone, an addition and a multiplication counted as two; the
// best of several short runs. bf16: in tiles where there is AMX, 0 where the processor does not
// multiply it.
double peak_f32();
double peak_bf16();

}  // namespace bench

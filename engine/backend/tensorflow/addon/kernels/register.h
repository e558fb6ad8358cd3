// Ops and kernels of our own.
#ifndef PARETOSCOPE_KERNELS_REGISTER_H_
#define PARETOSCOPE_KERNELS_REGISTER_H_

#include <string>
#include <vector>

#include "../tf_api.h"

namespace paretoscope {

// Registers the ops and their CPU kernels with TensorFlow. Called once a process, after the table is filled and before
// the first context is made. `threads` is how many threads a kernel may use, at least 1. Throws Failure (failure.h).
void RegisterKernels(const TfApi& tf, int threads);

// How many optimiser steps have begun to overwrite variables, in this process.
int64_t UpdatesInPlace();

// Names of the registered ops; empty before RegisterKernels.
std::vector<std::string> OwnOps();

}  // namespace paretoscope

#endif  // PARETOSCOPE_KERNELS_REGISTER_H_

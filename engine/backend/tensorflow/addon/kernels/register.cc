#include "register.h"

#include "activation.h"
#include "batch-norm.h"
#include "depthwise.h"
#include "dropout.h"
#include "op.h"
#include "optimizers.h"
#include "parallel.h"
#include "resize.h"
#include "rows.h"

namespace paretoscope {

void RegisterKernels(const TfApi&, int threads) {
  kernels::SetKernelThreads(threads);
  kernels::RegisterOptimizers();
  kernels::RegisterBatchNorm();
  kernels::RegisterActivation();
  kernels::RegisterDropout();
  kernels::RegisterDepthwise();
  kernels::RegisterSoftmax();
  kernels::RegisterCrossEntropy();
  kernels::RegisterLayerNorm();
  kernels::RegisterResize();
}

std::vector<std::string> OwnOps() { return kernels::RegisteredNames(); }

}  // namespace paretoscope

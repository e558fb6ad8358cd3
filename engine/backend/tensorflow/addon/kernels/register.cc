// Our own ops, "Lab…". Maps are [batch, height, width, channels], float32. A size that an op cannot know from its
// inputs comes as the shape of an empty tensor ([height, width, 0]), since shape functions of the C API see no
// attributes.
//
// op                              inputs                                      outputs            attributes
// LabUpdateSgd                    variable gradient velocity hyper            variable velocity  nesterov
// LabUpdateRmsProp                variable gradient mean_square velocity      variable           epsilon
//                                 hyper                                       mean_square        rate_on_gradient
//                                                                             velocity
// LabUpdateAdamW                  variable gradient first_moment              variable           epsilon coupled
//                                 second_moment hyper                         first_moment
//                                                                             second_moment
// LabUpdate…Ema                   … shadow hyper                              … shadow           …
// LabUpdateEma                    shadow value hyper                          shadow
//   hyper = learning rate, L2, L1, EMA decay, 1 - EMA decay, then SGD: momentum; RMSProp: decay, 1 - decay, momentum;
//   AdamW: beta1, 1 - beta1, beta2, 1 - beta2, 1 - beta1^t, 1 - beta2^t. Of LabUpdateEma: decay, 1 - decay. Outputs are
//   new values (new_variable, …) in the buffers of inputs that nobody else holds. Each has the attribute in_place: then
//   they are in the buffers of the variables, whoever holds them.
// LabActivation                   x                                           y                  kind
// LabActivationGradient           dy x (before the non-linearity)             dx                 kind
// LabBatchNormTrain               x gamma beta                                y mean variance    epsilon kind
// LabBatchNormTrainGradient       dy x gamma beta mean variance               dx d_gamma d_beta  epsilon kind
// LabBatchNormInference           x mean variance gamma beta                  y                  epsilon kind
//   variance is biased; kind is the activation behind it, a name of engine/backend/ops/activation.ts.
// LabDropout                      x seed (int32)                              y                  limit factor
// LabDeriveSeed                   seed (int32)                                derived (int32)    mask factor
// LabDepthwiseConv2d              x kernel size [outHeight, outWidth, 0]      y                  strides [2]
// LabDepthwiseConv2dInputGradient dy kernel size [height, width, 0]           dx                 padding [4]: top,
// LabDepthwiseConv2dKernelGradient dy x size [kernelHeight, kernelWidth, 0]   d_kernel           bottom, left, right
//                                                                                                dilations [2]
// LabConv2d                       x kernel size [outHeight, outWidth, 0]      y                  the same; one group
// LabConv2dInputGradient          dy kernel size [height, width, 0]           dx
// LabConv2dKernelGradient         dy x size [kernelHeight, kernelWidth, 0]    d_kernel
// LabMatMul                       a b size [..., rows, columns, 0]            product            transpose_a
//   stacks of matrices; a and b are repeated over leading axes that are 1 or absent                transpose_b
// LabSoftmax                      x                                           y
// LabSoftmaxGradient              dy y                                        dx
// LabCrossEntropy                 logits [n, classes] labels (int32) [n]      loss per_row       ignore_label smoothing
//                                                                             weight             mean_over_valid
// LabCrossEntropyGradient         dy logits labels per_row weight             d_logits           ignore_label smoothing
// LabLayerNorm                    x gamma beta                                y mean inverse     epsilon
// LabLayerNormGradient            dy x gamma mean inverse                     dx d_gamma d_beta
// LabColumnSums                   x [rows, columns]                           sums [columns]
// LabResize                       x rows (int32 [outHeight, 2]) row_shares    y
//                                 [outHeight] columns column_shares
// LabResizeGradient               dy, the same, size [height, width, 0]       dx
//   rows and columns: the two input positions of each output position; shares: that of the second.
#include "register.h"

#include "activation.h"
#include "batch-norm.h"
#include "conv2d.h"
#include "depthwise.h"
#include "dropout.h"
#include "gemm.h"
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
  kernels::RegisterConv2d();
  kernels::RegisterMatMul();
  kernels::RegisterSoftmax();
  kernels::RegisterCrossEntropy();
  kernels::RegisterLayerNorm();
  kernels::RegisterColumnSums();
  kernels::RegisterResize();
}

int64_t UpdatesInPlace() { return kernels::UpdatesInPlace(); }

std::vector<std::string> OwnOps() { return kernels::RegisteredNames(); }

}  // namespace paretoscope

// Dense convolution and its gradients, as in engine/backend/ops/conv2d.ts with one group.
#ifndef PARETOSCOPE_KERNELS_CONV2D_H_
#define PARETOSCOPE_KERNELS_CONV2D_H_

namespace paretoscope::kernels {

// Registers LabConv2d, LabConv2dInputGradient and LabConv2dKernelGradient.
void RegisterConv2d();

}  // namespace paretoscope::kernels

#endif  // PARETOSCOPE_KERNELS_CONV2D_H_

// Functions of rows of [rows, width]: softmax, its cross entropy, layer norm; as in engine/backend/ops.
#ifndef PARETOSCOPE_KERNELS_ROWS_H_
#define PARETOSCOPE_KERNELS_ROWS_H_

#include <cstdint>

namespace paretoscope::kernels {

// Rows first..end - 1.
struct RowKernels {
  int64_t lanes;
  void (*softmax)(const float* x, float* y, int64_t width, int64_t begin, int64_t end);
  // dx = y * (dy - sum(dy * y)); dx may be dy.
  void (*softmaxGradient)(const float* dy, const float* y, float* dx, int64_t width, int64_t begin, int64_t end);
  // Of each row the largest value, to largest[0..], and the sum of the exponentials of what is left without it.
  void (*sumExp)(const float* x, float* sums, float* largest, int64_t width, int64_t begin, int64_t end);
  // sums = sum of each row.
  void (*sum)(const float* x, float* sums, int64_t width, int64_t begin, int64_t end);
  // dx = (softmax(x) - even) * factor of one row, given its sum of sumExp.
  void (*softmaxFromSum)(const float* x, float sum, float factor, float even, float* dx, int64_t width);
  // Also writes the mean and 1 / sqrt(variance + epsilon) of each row.
  void (*layerNorm)(const float* x, const float* gamma, const float* beta, float* y, float* means, float* inverses,
                    int64_t width, float epsilon, int64_t begin, int64_t end);
  // dGamma and dBeta [width, in whole vectors] are added to; dx may be dy.
  void (*layerNormGradient)(const float* dy, const float* x, const float* gamma, const float* means,
                            const float* inverses, float* dx, float* dGamma, float* dBeta, int64_t width, int64_t begin,
                            int64_t end);
};

// The variant for this processor.
const RowKernels& RowKernelsOfProcessor();

// LabSoftmax, LabSoftmaxGradient
void RegisterSoftmax();
// LabCrossEntropy, LabCrossEntropyGradient
void RegisterCrossEntropy();
// LabLayerNorm, LabLayerNormGradient
void RegisterLayerNorm();
// LabColumnSums
void RegisterColumnSums();

}  // namespace paretoscope::kernels

#endif  // PARETOSCOPE_KERNELS_ROWS_H_

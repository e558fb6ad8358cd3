#include "rows.h"

#define LAB_BODY "rows.inc"
#include "variants.h"

namespace paretoscope::kernels {

const RowKernels& RowKernelsOfProcessor() {
  static const RowKernels& kernels = LAB_PICK(kRows);
  return kernels;
}

}  // namespace paretoscope::kernels

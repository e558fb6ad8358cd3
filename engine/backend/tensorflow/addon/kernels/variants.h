// One source for several instruction sets: a file with kernels (LAB_BODY, an .inc file) is included once for each, in a
// namespace of its own, with vectors of LAB_LANES floats. A source file does
//
//   #define LAB_BODY "softmax.inc"
//   #include "variants.h"
//   const SoftmaxKernels& kernels = LAB_PICK(kSoftmax);
//
// Functions of a body are LAB_INLINE (small, always inlined) or LAB_KERNEL; both carry the instruction set, so that no
// compiler flags are needed. Lambdas would not.
#include <cstdint>
#include <cstring>

#include "instruction-set.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace paretoscope::kernels {

#define LAB_INLINE static inline __attribute__((always_inline, unused)) LAB_TARGET
#define LAB_KERNEL static __attribute__((unused)) LAB_TARGET

// Before a loop of a constant number of rounds, whose arrays are to become registers.
#if defined(__clang__)
#define LAB_UNROLL _Pragma("unroll")
#else
#define LAB_UNROLL _Pragma("GCC unroll 8")
#endif

#if defined(__x86_64__)
namespace avx512 {
#define LAB_LANES 16
#define LAB_TARGET __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma")))
#include "vector.inc"
#include LAB_BODY
#undef LAB_LANES
#undef LAB_TARGET
}  // namespace avx512

namespace avx2 {
#define LAB_LANES 8
#define LAB_TARGET __attribute__((target("avx2,fma")))
#include "vector.inc"
#include LAB_BODY
#undef LAB_LANES
#undef LAB_TARGET
}  // namespace avx2

#define LAB_PICK(table)                                               \
  (CurrentInstructionSet() == InstructionSet::kAvx512 ? avx512::table \
   : CurrentInstructionSet() == InstructionSet::kAvx2 ? avx2::table   \
                                                      : base::table)
#else
#define LAB_PICK(table) (base::table)
#endif

namespace base {
#define LAB_LANES 4
#define LAB_TARGET
#include "vector.inc"
#include LAB_BODY
#undef LAB_LANES
#undef LAB_TARGET
}  // namespace base

}  // namespace paretoscope::kernels

#undef LAB_BODY

// Which of the compiled variants of the kernels the processor runs.
#ifndef PARETOSCOPE_KERNELS_INSTRUCTION_SET_H_
#define PARETOSCOPE_KERNELS_INSTRUCTION_SET_H_

namespace paretoscope::kernels {

enum class InstructionSet { kBase, kAvx2, kAvx512 };

// The best that the processor has, or what the variable PARETOSCOPE_INSTRUCTION_SET asks for where it is less: 'base'
// (four lanes: SSE2 or NEON), 'avx2' or 'avx512'. Found out once.
InstructionSet CurrentInstructionSet();

}  // namespace paretoscope::kernels

#endif  // PARETOSCOPE_KERNELS_INSTRUCTION_SET_H_

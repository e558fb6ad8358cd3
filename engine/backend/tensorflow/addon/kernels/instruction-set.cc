#include "instruction-set.h"

#include <cstdlib>
#include <string>

namespace paretoscope::kernels {
namespace {

InstructionSet Best() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool hasAvx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool hasAvx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  if (hasAvx2) return hasAvx512 ? InstructionSet::kAvx512 : InstructionSet::kAvx2;
#endif
  return InstructionSet::kBase;
}

InstructionSet Wanted() {
  const char* value = std::getenv("PARETOSCOPE_INSTRUCTION_SET");
  const std::string name = value ? value : "";
  if (name == "base") return InstructionSet::kBase;
  return name == "avx2" ? InstructionSet::kAvx2 : InstructionSet::kAvx512;
}

}  // namespace

InstructionSet CurrentInstructionSet() {
  static const InstructionSet chosen = Best() < Wanted() ? Best() : Wanted();
  return chosen;
}

}  // namespace paretoscope::kernels

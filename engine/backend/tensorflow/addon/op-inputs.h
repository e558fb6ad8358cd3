#ifndef PARETOSCOPE_OP_INPUTS_H_
#define PARETOSCOPE_OP_INPUTS_H_

#include <string>
#include <unordered_map>
#include <vector>

#include "tf_api.h"

namespace paretoscope {

// An input of an op: one tensor, or a list of tensors.
struct OpInput {
  bool is_list = false;
  // Of a list: the attribute that is its length, or whose length is its length.
  std::string length_attribute;
};

// What inputs ops have, from TensorFlow's own definitions, each read once.
class OpInputs {
 public:
  // Throws Failure when TensorFlow has no such op.
  const std::vector<OpInput>& Of(TF_Graph* graph, const std::string& op);

 private:
  std::unordered_map<std::string, std::vector<OpInput>> known_;
};

}  // namespace paretoscope

#endif  // PARETOSCOPE_OP_INPUTS_H_

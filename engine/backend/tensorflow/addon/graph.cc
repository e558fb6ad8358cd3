#include "graph.h"

#include <cctype>

#include "environment.h"
#include "failure.h"
#include "tensor-table.h"

namespace paretoscope {
namespace {

constexpr size_t kMostDescribed = 8;

bool IsAllowed(char c, bool is_first) {
  if (std::isalnum(static_cast<unsigned char>(c)) || c == '.') return true;
  return !is_first && (c == '_' || c == '-' || c == '/' || c == '\\' || c == '>');
}

}  // namespace

int32_t Graph::Add(TF_Output output) {
  outputs_.push_back(output);
  return static_cast<int32_t>(outputs_.size() - 1);
}

TF_Output Graph::Get(int32_t id, const std::string& user) const {
  if (id < 0 || static_cast<size_t>(id) >= outputs_.size()) {
    throw Failure("unknown-tensor", user + ": the graph has no output " + std::to_string(id) + "; it has " +
                                        std::to_string(outputs_.size()));
  }
  return outputs_[id];
}

std::vector<TF_Output> Graph::Get(const std::vector<int32_t>& ids, const std::string& user) const {
  std::vector<TF_Output> outputs;
  outputs.reserve(ids.size());
  for (const int32_t id : ids) outputs.push_back(Get(id, user));
  return outputs;
}

std::string Graph::UniqueName(const std::string& scope, const std::string& op) {
  std::string name = scope.empty() ? op : scope + "/" + op;
  for (size_t i = 0; i < name.size(); ++i) {
    if (!IsAllowed(name[i], i == 0)) name[i] = i == 0 ? '.' : '_';
  }
  // A number is always there: 'a' with a number could otherwise meet a scope that is called 'a_1'.
  return name + "_" + std::to_string(names_[name]++);
}

std::vector<int64_t> Graph::ShapeOf(TF_Output output) const {
  const Status status;
  const int rank = Tf().TF_GraphGetTensorNumDims(graph_.get(), output, status.get());
  if (rank < 0) return {-1};
  std::vector<int64_t> shape(rank);
  Tf().TF_GraphGetTensorShape(graph_.get(), output, shape.data(), rank, status.get());
  Check(status, "the shape of a node");
  return shape;
}

std::string Graph::Describe(const std::vector<TF_Output>& outputs) const {
  std::string text;
  for (size_t i = 0; i < outputs.size() && i < kMostDescribed; ++i) {
    if (i > 0) text += ", ";
    text += paretoscope::Describe(Tf().TF_OperationOutputType(outputs[i]), ShapeOf(outputs[i]));
  }
  if (outputs.size() > kMostDescribed) text += " and " + std::to_string(outputs.size() - kMostDescribed) + " more";
  return text;
}

NodeBuilder::~NodeBuilder() {
  if (description_ != nullptr) Tf().TF_FinishOperation(description_, Status().get());
}

TF_Operation* NodeBuilder::Finish(const std::string& what) {
  const Status status;
  TF_OperationDescription* description = description_;
  description_ = nullptr;
  TF_Operation* node = Tf().TF_FinishOperation(description, status.get());
  Check(status, what);
  return node;
}

}  // namespace paretoscope

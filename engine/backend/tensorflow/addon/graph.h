#ifndef PARETOSCOPE_GRAPH_H_
#define PARETOSCOPE_GRAPH_H_

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "handles.h"

namespace paretoscope {

// A graph while it is recorded. Outputs of its nodes are known by their numbers.
class Graph {
 public:
  Graph() : graph_(Tf().TF_NewGraph()) {}

  TF_Graph* get() const { return graph_.get(); }

  int32_t Add(TF_Output output);
  // `user` is the function that asks, for the message of the Failure.
  TF_Output Get(int32_t id, const std::string& user) const;
  std::vector<TF_Output> Get(const std::vector<int32_t>& ids, const std::string& user) const;

  // 'scope/op', made unique by a number behind it; characters that TensorFlow does not allow become '_'.
  std::string UniqueName(const std::string& scope, const std::string& op);

  // Sizes that are not known are -1; an output of unknown rank has the shape [-1].
  std::vector<int64_t> ShapeOf(TF_Output output) const;
  std::string Describe(const std::vector<TF_Output>& outputs) const;

 private:
  OwnedGraph graph_;
  std::vector<TF_Output> outputs_;
  std::unordered_map<std::string, int> names_;
};

// A node that is being made. TensorFlow frees the description only by finishing it, which the destructor does when a
// Failure came between.
class NodeBuilder {
 public:
  NodeBuilder(const Graph& graph, const char* op, const std::string& name)
      : description_(Tf().TF_NewOperation(graph.get(), op, name.c_str())) {}
  ~NodeBuilder();
  NodeBuilder(const NodeBuilder&) = delete;
  NodeBuilder& operator=(const NodeBuilder&) = delete;

  TF_OperationDescription* get() const { return description_; }
  // `what` stands before TensorFlow's message.
  TF_Operation* Finish(const std::string& what);

 private:
  TF_OperationDescription* description_;
};

}  // namespace paretoscope

#endif  // PARETOSCOPE_GRAPH_H_

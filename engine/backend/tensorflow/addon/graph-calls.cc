#include "attributes.h"
#include "calls.h"
#include "environment.h"
#include "failure.h"
#include "graph.h"
#include "tensor-values.h"

namespace paretoscope {
namespace {

Graph& GraphOf(const Call& call) {
  call.environment().Context(call.name());
  return call.environment().GetGraph(call.Int(0), call.name());
}

// Hands the inputs to the node: single tensors and lists, as the op's definition has them.
void AddInputs(const Call& call, const NodeBuilder& node, const std::vector<OpInput>& wanted,
               const std::vector<TF_Output>& inputs, const std::string& what) {
  size_t lists = 0;
  for (const OpInput& input : wanted) lists += input.is_list ? 1 : 0;
  const size_t singles = wanted.size() - lists;
  if (inputs.size() < singles || (lists == 0 && inputs.size() > singles)) {
    throw Failure("invalid-argument", what + ": expected " + std::to_string(singles) + (lists > 0 ? " or more" : "") +
                                          " inputs, got " + std::to_string(inputs.size()));
  }
  size_t next = 0;
  for (const OpInput& input : wanted) {
    if (!input.is_list) {
      if (next >= inputs.size()) throw Failure("invalid-argument", what + ": its lists leave no tensor for an input");
      Tf().TF_AddInput(node.get(), inputs[next++]);
      continue;
    }
    // A single list takes what the other inputs leave.
    const int64_t length = lists == 1 ? static_cast<int64_t>(inputs.size() - singles)
                                      : LengthFromAttribute(call.env(), call[2], input.length_attribute, what);
    if (length < 0 || static_cast<size_t>(length) > inputs.size() - next) {
      throw Failure("invalid-argument", what + ": attribute " + input.length_attribute + " asks for a list of " +
                                            std::to_string(length) + " of " + std::to_string(inputs.size()) +
                                            " inputs");
    }
    Tf().TF_AddInputList(node.get(), inputs.data() + next, static_cast<int>(length));
    next += static_cast<size_t>(length);
  }
  if (next != inputs.size()) {
    throw Failure("invalid-argument", what + ": " + std::to_string(inputs.size() - next) + " inputs are left over");
  }
}

void AddPredecessors(const NodeBuilder& node, const std::vector<TF_Output>& outputs) {
  for (const TF_Output& output : outputs) Tf().TF_AddControlInput(node.get(), output.oper);
}

}  // namespace

napi_value GraphNew(Call& call) {
  call.environment().Context(call.name());
  return Number(call.env(), call.environment().AddGraph());
}

napi_value GraphDelete(Call& call) {
  call.environment().Context(call.name());
  call.environment().DeleteGraph(call.Int(0), call.name());
  return Undefined(call.env());
}

napi_value GraphPlaceholder(Call& call) {
  Graph& graph = GraphOf(call);
  const std::vector<int64_t> shape = call.Shape(2);
  NodeBuilder node(graph, "Placeholder", graph.UniqueName("", "argument"));
  Tf().TF_SetAttrType(node.get(), "dtype", static_cast<TF_DataType>(call.Int(1)));
  Tf().TF_SetAttrShape(node.get(), "shape", shape.data(), static_cast<int>(shape.size()));
  return Number(call.env(), graph.Add({node.Finish(call.name()), 0}));
}

napi_value GraphConst(Call& call) {
  Graph& graph = GraphOf(call);
  const auto type = static_cast<TF_DataType>(call.Int(1));
  const OwnedTensor value = TensorFrom(call.env(), call.Shape(2), type, call[3], call.name());
  NodeBuilder node(graph, "Const", graph.UniqueName("", "constant"));
  const Status status;
  Tf().TF_SetAttrType(node.get(), "dtype", type);
  Tf().TF_SetAttrTensor(node.get(), "value", value.get(), status.get());
  Check(status, call.name());
  return Number(call.env(), graph.Add({node.Finish(call.name()), 0}));
}

napi_value GraphOp(Call& call) {
  Graph& graph = GraphOf(call);
  const std::string op = call.Text(1);
  const std::string scope = call.IsUndefined(5) ? "" : call.Text(5);
  const std::vector<TF_Output> inputs = graph.Get(call.Ints(3), "graphOp " + op);
  const std::vector<OpInput>& wanted = call.environment().op_inputs().Of(graph.get(), op);
  const std::string name = graph.UniqueName(scope, op);
  const std::string what = "graphOp " + op + " " + name + "(" + graph.Describe(inputs) + ")";
  NodeBuilder node(graph, op.c_str(), name);
  AddInputs(call, node, wanted, inputs, what);
  SetAttributes(call.env(), call[2], node.get(), what);
  if (!call.IsUndefined(6)) AddPredecessors(node, graph.Get(call.Ints(6), what));
  TF_Operation* operation = node.Finish(what);

  const int count = Tf().TF_OperationNumOutputs(operation);
  if (count != call.Count(4)) {
    throw Failure("invalid-argument", what + ": it has " + std::to_string(count) + " outputs, " +
                                          std::to_string(call.Count(4)) + " were expected");
  }
  const napi_value results = Array(call.env(), count);
  for (int i = 0; i < count; ++i) {
    const TF_Output output{operation, i};
    const TF_DataType type = Tf().TF_OperationOutputType(output);
    SetElement(call.env(), results, i, DescribedTensor(call.env(), graph.Add(output), graph.ShapeOf(output), type));
  }
  return results;
}

napi_value GraphBarrier(Call& call) {
  Graph& graph = GraphOf(call);
  NodeBuilder node(graph, "NoOp", graph.UniqueName("", "barrier"));
  AddPredecessors(node, graph.Get(call.Ints(1), call.name()));
  return Number(call.env(), graph.Add({node.Finish(call.name()), 0}));
}

napi_value GraphToFunction(Call& call) {
  const Graph& graph = GraphOf(call);
  const std::string name = call.Text(1);
  const std::string what = "graphToFunction " + name;
  const std::vector<TF_Output> inputs = graph.Get(call.Ints(2), what);
  const std::vector<TF_Output> outputs = graph.Get(call.Ints(3), what);
  const int input_count = static_cast<int>(inputs.size());
  const int output_count = static_cast<int>(outputs.size());
  const Status status;
  // -1: all nodes of the graph belong to it.
  const OwnedFunction function(Tf().TF_GraphToFunction(graph.get(), name.c_str(), /*append_hash_to_fn_name=*/0, -1,
                                                       nullptr, input_count, inputs.data(), output_count,
                                                       outputs.data(), nullptr, nullptr, what.c_str(), status.get()));
  Check(status, what);
  call.environment().AddFunction(name, function.get(), input_count, output_count);
  return Undefined(call.env());
}

}  // namespace paretoscope

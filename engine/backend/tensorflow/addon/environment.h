#ifndef PARETOSCOPE_ENVIRONMENT_H_
#define PARETOSCOPE_ENVIRONMENT_H_

#include <node_api.h>

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "graph.h"
#include "handles.h"
#include "op-inputs.h"
#include "tensor-table.h"

namespace paretoscope {

struct Device {
  std::string name;
  std::string type;
  int64_t memory_bytes;
};

// A function that was added to the context.
struct FunctionEntry {
  int inputs;
  int outputs;
  // Asynchronous calls under way; it leaves the context after the last one.
  int pending = 0;
  bool is_removed = false;
};

// What one JavaScript environment (the main thread or a worker) has open: its context and everything in it. Used on its
// own thread only; whatever is left is freed when the environment ends.
class Environment : public std::enable_shared_from_this<Environment> {
 public:
  // Makes the state of a new environment; it is freed with it.
  static void Attach(napi_env env);
  static Environment* Of(napi_env env);

  ~Environment();

  // Loads TensorFlow and makes the context from a serialised ConfigProto.
  void Open(const std::string& folder, const std::string& config, int threads);
  bool is_open() const { return context_ != nullptr; }
  // Throws Failure before Open.
  TFE_Context* Context(const char* user) const;
  // The serialised ConfigProto of Open.
  const std::string& config() const { return config_; }
  const std::vector<Device>& devices() const { return devices_; }
  // The GPU that is computed on, or an empty string.
  const std::string& gpu() const { return gpu_; }

  TensorTable& tensors() { return tensors_; }
  OpInputs& op_inputs() { return op_inputs_; }

  int AddGraph();
  Graph& GetGraph(int id, const char* user);
  void DeleteGraph(int id, const char* user);
  size_t graph_count() const { return graphs_.size(); }

  void AddFunction(const std::string& name, TF_Function* function, int inputs, int outputs);
  // A function that was not removed.
  FunctionEntry& GetFunction(const std::string& name, const char* user);
  void RemoveFunction(const std::string& name, const char* user);
  size_t function_count() const;

  // An asynchronous call begins, has ended.
  void BeginCall(const std::string& function);
  void EndCall(const std::string& function);
  int pending_calls() const { return pending_calls_; }

 private:
  void ListDevices();
  void DropFunction(const std::string& name);

  // The order matters: everything below goes before the context.
  OwnedContext context_;
  std::string config_;
  std::vector<Device> devices_;
  std::string gpu_;
  TensorTable tensors_;
  OpInputs op_inputs_;
  std::map<int, std::unique_ptr<Graph>> graphs_;
  int next_graph_ = 0;
  std::unordered_map<std::string, FunctionEntry> functions_;
  int pending_calls_ = 0;
};

// What TensorFlow's codes of errors are called in the `code` of an Error.
const char* CodeName(TF_Code code);

// Throws Failure with TensorFlow's own message behind `what`, unless the status is good.
void Check(const Status& status, const std::string& what);

}  // namespace paretoscope

#endif  // PARETOSCOPE_ENVIRONMENT_H_

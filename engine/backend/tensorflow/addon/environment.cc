#include "environment.h"

#include <mutex>

#include "failure.h"
#include "js.h"
#include "quiet-errors.h"

namespace paretoscope {
namespace {

using Instance = std::shared_ptr<Environment>;

std::mutex context_mutex;

}  // namespace

void Environment::Attach(napi_env env) {
  auto instance = std::make_unique<Instance>(std::make_shared<Environment>());
  const napi_finalize finalize = [](napi_env, void* data, void*) { delete static_cast<Instance*>(data); };
  Check(env, napi_set_instance_data(env, instance.get(), finalize, nullptr));
  instance.release();
}

Environment* Environment::Of(napi_env env) {
  void* data = nullptr;
  Check(env, napi_get_instance_data(env, &data));
  return static_cast<Instance*>(data)->get();
}

Environment::~Environment() {
  for (const auto& [name, entry] : functions_)
    Tf().TFE_ContextRemoveFunction(context_.get(), name.c_str(), Status().get());
}

void Environment::Open(const std::string& folder, const std::string& config, int threads) {
  if (is_open()) throw Failure("already-open", "open: TensorFlow is open already");
  LoadTensorFlow(folder, threads);
  config_ = config;
  const Status status;
  const OwnedContextOptions options(Tf().TFE_NewContextOptions());
  if (!config.empty()) {
    Tf().TFE_ContextOptionsSetConfig(options.get(), config.data(), config.size(), status.get());
    Check(status, "open: the configuration");
  }
  {
    const std::lock_guard<std::mutex> lock(context_mutex);
    const QuietErrors quiet;
    context_.reset(Tf().TFE_NewContext(options.get(), status.get()));
  }
  Check(status, "open: making the context");
  ListDevices();
}

TFE_Context* Environment::Context(const char* user) const {
  if (!is_open()) throw Failure("not-open", std::string(user) + ": TensorFlow is not open; call open first");
  return context_.get();
}

void Environment::ListDevices() {
  const Status status;
  const OwnedDeviceList list(Tf().TFE_ContextListDevices(context_.get(), status.get()));
  Check(status, "open: listing the devices");
  const int count = Tf().TF_DeviceListCount(list.get());
  for (int i = 0; i < count; ++i) {
    const char* name = Tf().TF_DeviceListName(list.get(), i, status.get());
    const char* type = Tf().TF_DeviceListType(list.get(), i, status.get());
    const int64_t memory = Tf().TF_DeviceListMemoryBytes(list.get(), i, status.get());
    Check(status, "open: describing a device");
    devices_.push_back({name, type, memory});
    if (gpu_.empty() && devices_.back().type == "GPU") gpu_ = name;
  }
}

int Environment::AddGraph() {
  const int id = next_graph_++;
  graphs_[id] = std::make_unique<Graph>();
  return id;
}

Graph& Environment::GetGraph(int id, const char* user) {
  const auto found = graphs_.find(id);
  if (found == graphs_.end()) {
    throw Failure("unknown-graph",
                  std::string(user) + ": there is no graph " + std::to_string(id) + "; it was deleted or never made");
  }
  return *found->second;
}

void Environment::DeleteGraph(int id, const char* user) {
  GetGraph(id, user);
  graphs_.erase(id);
}

void Environment::AddFunction(const std::string& name, TF_Function* function, int inputs, int outputs) {
  if (functions_.count(name) != 0) {
    throw Failure("function-exists", "graphToFunction: there is a function " + name + " already");
  }
  const Status status;
  Tf().TFE_ContextAddFunction(context_.get(), function, status.get());
  Check(status, "graphToFunction " + name);
  functions_[name] = FunctionEntry{inputs, outputs};
}

FunctionEntry& Environment::GetFunction(const std::string& name, const char* user) {
  const auto found = functions_.find(name);
  if (found == functions_.end() || found->second.is_removed) {
    throw Failure("unknown-function",
                  std::string(user) + ": there is no function " + name + "; it was removed or never made");
  }
  return found->second;
}

void Environment::RemoveFunction(const std::string& name, const char* user) {
  FunctionEntry& entry = GetFunction(name, user);
  entry.is_removed = true;
  if (entry.pending == 0) DropFunction(name);
}

void Environment::DropFunction(const std::string& name) {
  functions_.erase(name);
  const Status status;
  Tf().TFE_ContextRemoveFunction(context_.get(), name.c_str(), status.get());
  Check(status, "removeFunction " + name);
}

size_t Environment::function_count() const {
  size_t count = 0;
  for (const auto& [name, entry] : functions_) count += entry.is_removed ? 0 : 1;
  return count;
}

void Environment::BeginCall(const std::string& function) {
  ++functions_.at(function).pending;
  ++pending_calls_;
}

void Environment::EndCall(const std::string& function) {
  --pending_calls_;
  FunctionEntry& entry = functions_.at(function);
  if (--entry.pending == 0 && entry.is_removed) DropFunction(function);
}

const char* CodeName(TF_Code code) {
  switch (code) {
    case TF_INVALID_ARGUMENT:
      return "invalid-argument";
    case TF_NOT_FOUND:
      return "not-found";
    case TF_ALREADY_EXISTS:
      return "already-exists";
    case TF_RESOURCE_EXHAUSTED:
      return "resource-exhausted";
    case TF_FAILED_PRECONDITION:
      return "failed-precondition";
    case TF_OUT_OF_RANGE:
      return "out-of-range";
    case TF_UNIMPLEMENTED:
      return "unimplemented";
    case TF_CANCELLED:
      return "cancelled";
    case TF_ABORTED:
      return "aborted";
    case TF_UNAVAILABLE:
      return "unavailable";
    default:
      return "internal";
  }
}

void Check(const Status& status, const std::string& what) {
  if (!status.ok()) throw Failure(CodeName(Tf().TF_GetCode(status.get())), what + ": " + status.message());
}

}  // namespace paretoscope

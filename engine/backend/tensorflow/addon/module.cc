// The module: its functions and constants.
#include "calls.h"
#include "environment.h"
#include "kernels/register.h"

namespace paretoscope {
namespace {

napi_value Open(Call& call) {
  call.environment().Open(call.Text(0), ToBytes(call.env(), call[1], "open: the configuration"), call.Count(2));
  return Text(call.env(), Tf().TF_Version());
}

napi_value Version(Call& call) {
  return call.environment().is_open() ? Text(call.env(), Tf().TF_Version()) : Undefined(call.env());
}

napi_value Devices(Call& call) {
  call.environment().Context(call.name());
  const std::vector<Device>& devices = call.environment().devices();
  const napi_value list = Array(call.env(), devices.size());
  for (size_t i = 0; i < devices.size(); ++i) {
    const napi_value device = Object(call.env());
    SetProperty(call.env(), device, "name", Text(call.env(), devices[i].name));
    SetProperty(call.env(), device, "type", Text(call.env(), devices[i].type));
    SetProperty(call.env(), device, "memoryBytes", Number(call.env(), static_cast<double>(devices[i].memory_bytes)));
    SetElement(call.env(), list, i, device);
  }
  return list;
}

napi_value Counts(Call& call) {
  Environment& environment = call.environment();
  const napi_value counts = Object(call.env());
  const auto set = [&](const char* name, size_t count) {
    SetProperty(call.env(), counts, name, Number(call.env(), static_cast<double>(count)));
  };
  set("tensors", environment.tensors().count());
  set("graphs", environment.graph_count());
  set("functions", environment.function_count());
  set("pendingCalls", static_cast<size_t>(environment.pending_calls()));
  return counts;
}

napi_value CountUpdatesInPlace(Call& call) {
  return Number(call.env(), static_cast<double>(UpdatesInPlace()));
}

napi_value IsUsingGpuDevice(Call& call) {
  call.environment().Context(call.name());
  return Boolean(call.env(), !call.environment().gpu().empty());
}

napi_value GetNumOfTensors(Call& call) {
  return Number(call.env(), static_cast<double>(call.environment().tensors().count()));
}

napi_value ListOwnOps(Call& call) {
  const std::vector<std::string> names = OwnOps();
  const napi_value list = Array(call.env(), names.size());
  for (size_t i = 0; i < names.size(); ++i) SetElement(call.env(), list, i, Text(call.env(), names[i]));
  return list;
}

struct FunctionRow {
  const char* name;
  size_t required_arguments;
  napi_value (*implementation)(Call&);
};

constexpr FunctionRow kFunctions[] = {
    {"open", 3, Open},
    {"version", 0, Version},
    {"devices", 0, Devices},
    {"counts", 0, Counts},
    {"createTensor", 3, CreateTensor},
    {"deleteTensor", 1, DeleteTensor},
    {"tensorDataSync", 1, TensorDataSync},
    {"executeOp", 4, ExecuteOp},
    {"executeWith", 5, ExecuteWith},
    {"ownTensors", 1, OwnTensors},
    {"isUsingGpuDevice", 0, IsUsingGpuDevice},
    {"getNumOfTensors", 0, GetNumOfTensors},
    {"graphNew", 0, GraphNew},
    {"graphDelete", 1, GraphDelete},
    {"graphPlaceholder", 3, GraphPlaceholder},
    {"graphConst", 4, GraphConst},
    {"graphOp", 5, GraphOp},
    {"graphBarrier", 2, GraphBarrier},
    {"graphToFunction", 4, GraphToFunction},
    {"removeFunction", 1, RemoveFunction},
    {"call", 3, CallFunction},
    {"callAsync", 3, CallFunctionAsync},
    {"ownOps", 0, ListOwnOps},
    {"updatesInPlace", 0, CountUpdatesInPlace},
};

struct ConstantRow {
  const char* name;
  int value;
};

#define PARETOSCOPE_CONSTANT(name) {#name, name}
constexpr ConstantRow kConstants[] = {
    PARETOSCOPE_CONSTANT(TF_FLOAT),      PARETOSCOPE_CONSTANT(TF_INT32),       PARETOSCOPE_CONSTANT(TF_INT64),
    PARETOSCOPE_CONSTANT(TF_BOOL),       PARETOSCOPE_CONSTANT(TF_COMPLEX64),   PARETOSCOPE_CONSTANT(TF_STRING),
    PARETOSCOPE_CONSTANT(TF_RESOURCE),   PARETOSCOPE_CONSTANT(TF_UINT8),       PARETOSCOPE_CONSTANT(TF_BFLOAT16),
    PARETOSCOPE_CONSTANT(TF_HALF),       PARETOSCOPE_CONSTANT(TF_ATTR_STRING), PARETOSCOPE_CONSTANT(TF_ATTR_INT),
    PARETOSCOPE_CONSTANT(TF_ATTR_FLOAT), PARETOSCOPE_CONSTANT(TF_ATTR_BOOL),   PARETOSCOPE_CONSTANT(TF_ATTR_TYPE),
    PARETOSCOPE_CONSTANT(TF_ATTR_SHAPE),
};
#undef PARETOSCOPE_CONSTANT

// What Node calls: the row of the table comes along as data.
napi_value Dispatch(napi_env env, napi_callback_info info) {
  void* data = nullptr;
  napi_get_cb_info(env, info, nullptr, nullptr, nullptr, &data);
  const auto& row = *static_cast<const FunctionRow*>(data);
  return RunGuarded(env, info, row.name, row.required_arguments, row.implementation);
}

napi_value InitializeModule(napi_env env, napi_value exports) {
  Environment::Attach(env);
  for (const FunctionRow& row : kFunctions) {
    napi_value function;
    Check(env,
          napi_create_function(env, row.name, NAPI_AUTO_LENGTH, Dispatch, const_cast<FunctionRow*>(&row), &function));
    SetProperty(env, exports, row.name, function);
  }
  for (const ConstantRow& row : kConstants) SetProperty(env, exports, row.name, Number(env, row.value));
  return exports;
}

}  // namespace
}  // namespace paretoscope

NAPI_MODULE_INIT() {
  try {
    return paretoscope::InitializeModule(env, exports);
  } catch (const std::exception& error) {
    napi_throw_error(env, "native-addon", error.what());
    return nullptr;
  }
}

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "calls.h"
#include "environment.h"
#include "failure.h"
#include "handles.h"

namespace paretoscope {
namespace {

constexpr size_t kDescribed = 4;

// One call of a function, ready to run. It keeps its own references to the inputs.
class FunctionCall {
 public:
  // Arguments as of `call` in binding.ts: name, ids of the inputs, number of outputs.
  explicit FunctionCall(const Call& call) : user_(call.name()), name_(call.Text(0)) {
    Environment& environment = call.environment();
    TFE_Context* context = environment.Context(user_);
    const FunctionEntry& function = environment.GetFunction(name_, user_);
    const ArrayView ids = IdsOf(call);
    const int outputs = call.Count(2);
    if (static_cast<int>(ids.length) != function.inputs || outputs != function.outputs) {
      throw Failure("wrong-argument", What() + ": it has " + std::to_string(function.inputs) + " inputs and " +
                                          std::to_string(function.outputs) + " outputs; the call has " +
                                          std::to_string(ids.length) + " and " + std::to_string(outputs));
    }
    const Status status;
    op_.reset(Tf().TFE_NewOp(context, name_.c_str(), status.get()));
    Check(status, What());
    AddInputs(environment, static_cast<const int32_t*>(ids.data), ids.length, status);
    if (!environment.gpu().empty()) Tf().TFE_OpSetDevice(op_.get(), environment.gpu().c_str(), status.get());
    Check(status, What());
    // A function is rewritten by the options that its call names, not by those of the context.
    const std::string& config = environment.config();
    if (!config.empty()) Tf().TFE_OpSetAttrString(op_.get(), "config_proto", config.data(), config.size());
    outputs_.resize(outputs);
  }

  // On any thread. What goes wrong is thrown by Results.
  void Run() {
    int count = static_cast<int>(outputs_.size());
    Tf().TFE_Execute(op_.get(), outputs_.data(), &count, status_.get());
    has_run_ = true;
  }

  // The ids of the outputs, on the environment's thread.
  napi_value Results(napi_env env, Environment& environment) {
    op_.reset();
    if (!has_run_) throw Failure("cancelled", What() + ": it was cancelled before it ran");
    if (!status_.ok()) Check(status_, What() + "(" + inputs_ + ")");
    void* data = nullptr;
    const napi_value list = NewTypedArray(env, napi_int32_array, outputs_.size() * sizeof(int32_t), &data);
    std::vector<OwnedHandle> handles(outputs_.begin(), outputs_.end());
    outputs_.clear();
    const std::vector<int32_t> ids = environment.tensors().AddAll(std::move(handles), user_);
    std::copy(ids.begin(), ids.end(), static_cast<int32_t*>(data));
    return list;
  }

  ~FunctionCall() {
    for (TFE_TensorHandle* output : outputs_) {
      if (output != nullptr) Tf().TFE_DeleteTensorHandle(output);
    }
  }
  FunctionCall(const FunctionCall&) = delete;
  FunctionCall& operator=(const FunctionCall&) = delete;

  const std::string& name() const { return name_; }

 private:
  static ArrayView IdsOf(const Call& call) {
    if (IsTypedArray(call.env(), call[1])) {
      const ArrayView view = ViewOf(call.env(), call[1]);
      if (view.type == napi_int32_array) return view;
    }
    throw Failure("wrong-argument", std::string(call.name()) + ": expected the inputs as an Int32Array of ids");
  }

  void AddInputs(Environment& environment, const int32_t* ids, size_t count, const Status& status) {
    std::vector<TFE_TensorHandle*> first;
    for (size_t i = 0; i < count; ++i) {
      TFE_TensorHandle* handle = environment.tensors().Get(ids[i], user_);
      Tf().TFE_OpAddInput(op_.get(), handle, status.get());
      if (!status.ok()) Check(status, What());
      if (i < kDescribed) first.push_back(handle);
    }
    inputs_ = Describe(first);
    if (count > kDescribed) inputs_ += " and " + std::to_string(count - kDescribed) + " more";
  }

  std::string What() const { return std::string(user_) + " " + name_; }

  const char* user_;
  std::string name_;
  // The first inputs, for messages: they may be deleted while the call runs.
  std::string inputs_;
  OwnedOp op_;
  std::vector<TFE_TensorHandle*> outputs_;
  Status status_;
  bool has_run_ = false;
};

// A call on a thread of Node's pool, and the promise of its results.
class AsyncCall {
 public:
  explicit AsyncCall(const Call& call)
      : environment_(call.environment().shared_from_this()), call_(std::make_unique<FunctionCall>(call)) {}

  // Starts it and gives it to itself: it is deleted when it has ended.
  static napi_value Start(napi_env env, std::unique_ptr<AsyncCall> self) {
    napi_value promise;
    Check(env, napi_create_promise(env, &self->promise_, &promise));
    Check(env,
          napi_create_async_work(env, nullptr, Text(env, "tensorflow"), Execute, Complete, self.get(), &self->work_));
    self->environment_->BeginCall(self->call_->name());
    const napi_status status = napi_queue_async_work(env, self->work_);
    if (status != napi_ok) {
      self->environment_->EndCall(self->call_->name());
      napi_delete_async_work(env, self->work_);
    }
    Check(env, status);
    self.release();
    return promise;
  }

 private:
  static void Execute(napi_env, void* data) { static_cast<AsyncCall*>(data)->call_->Run(); }

  static void Complete(napi_env env, napi_status, void* data) {
    const std::unique_ptr<AsyncCall> self(static_cast<AsyncCall*>(data));
    napi_delete_async_work(env, self->work_);
    try {
      // First, so that a failure of the removal that waited for the call's end reaches the caller.
      self->environment_->EndCall(self->call_->name());
      napi_resolve_deferred(env, self->promise_, self->call_->Results(env, *self->environment_));
    } catch (const Failure& failure) {
      Reject(env, self->promise_, failure.code(), failure.what());
    } catch (const std::exception& error) {
      Reject(env, self->promise_, "native-addon", error.what());
    }
  }

  // Where no JavaScript can run any more, at the end of a worker, nobody waits for the promise either.
  static void Reject(napi_env env, napi_deferred promise, const char* code, const char* message) {
    try {
      napi_reject_deferred(env, promise, Error(env, code, message));
    } catch (const std::exception&) {
    }
  }

  // Keeps the context until the call has ended.
  std::shared_ptr<Environment> environment_;
  std::unique_ptr<FunctionCall> call_;
  napi_deferred promise_ = nullptr;
  napi_async_work work_ = nullptr;
};

}  // namespace

napi_value RemoveFunction(Call& call) {
  call.environment().Context(call.name());
  call.environment().RemoveFunction(call.Text(0), call.name());
  return Undefined(call.env());
}

napi_value CallFunction(Call& call) {
  FunctionCall function(call);
  function.Run();
  return function.Results(call.env(), call.environment());
}

napi_value CallFunctionAsync(Call& call) { return AsyncCall::Start(call.env(), std::make_unique<AsyncCall>(call)); }

}  // namespace paretoscope

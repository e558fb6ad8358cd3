// TensorFlow's objects with an owner: each is deleted by the function of the C API that belongs to it.
#ifndef PARETOSCOPE_HANDLES_H_
#define PARETOSCOPE_HANDLES_H_

#include <memory>
#include <string>

#include "tf_api.h"

namespace paretoscope {

template <typename Object, void (*TfApi::*kDelete)(Object*)>
struct Deleter {
  void operator()(Object* object) const { (Tf().*kDelete)(object); }
};

template <typename Object, void (*TfApi::*kDelete)(Object*)>
using Owned = std::unique_ptr<Object, Deleter<Object, kDelete>>;

using OwnedBuffer = Owned<TF_Buffer, &TfApi::TF_DeleteBuffer>;
using OwnedTensor = Owned<TF_Tensor, &TfApi::TF_DeleteTensor>;
using OwnedHandle = Owned<TFE_TensorHandle, &TfApi::TFE_DeleteTensorHandle>;
using OwnedOp = Owned<TFE_Op, &TfApi::TFE_DeleteOp>;
using OwnedGraph = Owned<TF_Graph, &TfApi::TF_DeleteGraph>;
using OwnedFunction = Owned<TF_Function, &TfApi::TF_DeleteFunction>;
using OwnedContext = Owned<TFE_Context, &TfApi::TFE_DeleteContext>;
using OwnedContextOptions = Owned<TFE_ContextOptions, &TfApi::TFE_DeleteContextOptions>;
using OwnedDeviceList = Owned<TF_DeviceList, &TfApi::TF_DeleteDeviceList>;

// The result of a call of the C API.
class Status {
 public:
  Status() : status_(Tf().TF_NewStatus()) {}
  TF_Status* get() const { return status_.get(); }
  bool ok() const { return Tf().TF_GetCode(get()) == TF_OK; }
  const char* message() const { return Tf().TF_Message(get()); }

 private:
  Owned<TF_Status, &TfApi::TF_DeleteStatus> status_;
};

}  // namespace paretoscope

#endif  // PARETOSCOPE_HANDLES_H_

#include "tensor-table.h"

#include "failure.h"

namespace paretoscope {
namespace {

constexpr int kSlotBits = 20;
constexpr uint32_t kSlotMask = (1u << kSlotBits) - 1;
constexpr uint32_t kGenerationMask = (1u << 8) - 1;
// So many slots rest before one is used again.
constexpr size_t kRestingSlots = 1024;
constexpr size_t kMostDescribed = 8;

}  // namespace

TensorTable::~TensorTable() {
  for (const Slot& slot : slots_) {
    if (slot.handle != nullptr) Tf().TFE_DeleteTensorHandle(slot.handle);
  }
}

int32_t TensorTable::Add(OwnedHandle handle) {
  const uint32_t index = FreeSlot();
  Slot& slot = slots_[index];
  slot.handle = handle.release();
  ++count_;
  return static_cast<int32_t>(slot.generation << kSlotBits | index);
}

std::vector<int32_t> TensorTable::AddAll(std::vector<OwnedHandle> handles, const char* user) {
  std::vector<int32_t> ids;
  ids.reserve(handles.size());
  try {
    for (OwnedHandle& handle : handles) ids.push_back(Add(std::move(handle)));
  } catch (...) {
    for (const int32_t id : ids) Delete(id, user);
    throw;
  }
  return ids;
}

uint32_t TensorTable::FreeSlot() {
  const bool is_full = slots_.size() > kSlotMask;
  if (free_.size() > kRestingSlots || (is_full && !free_.empty())) {
    const uint32_t index = free_.front();
    free_.pop_front();
    return index;
  }
  if (is_full) {
    throw Failure("too-many-tensors",
                  std::to_string(count_) + " tensors exist and none can be added: some are not deleted");
  }
  slots_.emplace_back();
  return static_cast<uint32_t>(slots_.size() - 1);
}

const TensorTable::Slot* TensorTable::Find(int32_t id) const {
  if (id < 0) return nullptr;
  const uint32_t index = static_cast<uint32_t>(id) & kSlotMask;
  if (index >= slots_.size()) return nullptr;
  const Slot& slot = slots_[index];
  return slot.handle != nullptr && slot.generation == static_cast<uint32_t>(id) >> kSlotBits ? &slot : nullptr;
}

TFE_TensorHandle* TensorTable::Get(int32_t id, const char* user) const {
  const Slot* slot = Find(id);
  if (slot == nullptr) {
    throw Failure("unknown-tensor",
                  std::string(user) + ": there is no tensor " + std::to_string(id) + "; it was deleted or never made");
  }
  return slot->handle;
}

void TensorTable::Delete(int32_t id, const char* user) {
  Tf().TFE_DeleteTensorHandle(Get(id, user));
  const uint32_t index = static_cast<uint32_t>(id) & kSlotMask;
  slots_[index].handle = nullptr;
  slots_[index].generation = (slots_[index].generation + 1) & kGenerationMask;
  free_.push_back(index);
  --count_;
}

OwnedHandle TensorTable::Exchange(int32_t id, OwnedHandle handle, const char* user) {
  OwnedHandle earlier(Get(id, user));
  slots_[static_cast<uint32_t>(id) & kSlotMask].handle = handle.release();
  return earlier;
}

const char* TypeName(TF_DataType type) {
  switch (type) {
    case TF_FLOAT:
      return "float32";
    case TF_DOUBLE:
      return "float64";
    case TF_HALF:
      return "float16";
    case TF_BFLOAT16:
      return "bfloat16";
    case TF_INT8:
      return "int8";
    case TF_UINT8:
      return "uint8";
    case TF_INT16:
      return "int16";
    case TF_UINT16:
      return "uint16";
    case TF_INT32:
      return "int32";
    case TF_UINT32:
      return "uint32";
    case TF_INT64:
      return "int64";
    case TF_UINT64:
      return "uint64";
    case TF_BOOL:
      return "bool";
    case TF_STRING:
      return "string";
    case TF_COMPLEX64:
      return "complex64";
    case TF_RESOURCE:
      return "resource";
    case TF_VARIANT:
      return "variant";
    default:
      return "type of another kind";
  }
}

std::string Describe(TF_DataType type, const std::vector<int64_t>& shape) {
  std::string text = std::string(TypeName(type)) + "[";
  for (size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) text += ", ";
    text += shape[i] < 0 ? "?" : std::to_string(shape[i]);
  }
  return text + "]";
}

std::string Describe(TFE_TensorHandle* handle) {
  return Describe(Tf().TFE_TensorHandleDataType(handle), ShapeOf(handle));
}

std::string Describe(const std::vector<TFE_TensorHandle*>& handles) {
  std::string text;
  for (size_t i = 0; i < handles.size() && i < kMostDescribed; ++i) text += (i > 0 ? ", " : "") + Describe(handles[i]);
  if (handles.size() > kMostDescribed) text += " and " + std::to_string(handles.size() - kMostDescribed) + " more";
  return text;
}

std::vector<int64_t> ShapeOf(TFE_TensorHandle* handle) {
  const Status status;
  const int rank = Tf().TFE_TensorHandleNumDims(handle, status.get());
  std::vector<int64_t> shape(rank < 0 ? 0 : rank);
  for (int i = 0; i < rank; ++i) shape[i] = Tf().TFE_TensorHandleDim(handle, i, status.get());
  return shape;
}

}  // namespace paretoscope

// Shape functions that several ops share.
#ifndef PARETOSCOPE_KERNELS_SHAPES_H_
#define PARETOSCOPE_KERNELS_SHAPES_H_

#include <deque>
#include <initializer_list>

#include "../tf_api.h"

namespace paretoscope::kernels {

constexpr int kScalar = -1;

// Shapes while TensorFlow infers those of a node; handles live as long as this.
class ShapeInference {
 public:
  ShapeInference(TF_ShapeInferenceContext* context, TF_Status* status) : context_(context), status_(status) {}
  ~ShapeInference() {
    for (TF_ShapeHandle* handle : handles_) Tf().TF_DeleteShapeHandle(handle);
  }
  ShapeInference(const ShapeInference&) = delete;
  ShapeInference& operator=(const ShapeInference&) = delete;

  bool ok() const { return Tf().TF_GetCode(status_) == TF_OK; }

  TF_ShapeHandle* Input(int index) {
    TF_ShapeHandle* handle = New();
    if (ok()) Tf().TF_ShapeInferenceContextGetInput(context_, index, handle, status_);
    return handle;
  }

  // Axes from..to - 1 of an input; negative ones count from the end.
  TF_ShapeHandle* Axes(int index, int from, int to) {
    TF_ShapeHandle* input = Input(index);
    TF_ShapeHandle* handle = New();
    if (ok()) Tf().TF_ShapeInferenceContextSubshape(context_, input, from, to, handle, status_);
    return handle;
  }

  TF_ShapeHandle* Scalar() { return Own(Tf().TF_ShapeInferenceContextScalar(context_)); }
  TF_ShapeHandle* One() { return Own(Tf().TF_ShapeInferenceContextVectorFromSize(context_, 1)); }

  TF_ShapeHandle* Join(std::initializer_list<TF_ShapeHandle*> parts) {
    TF_ShapeHandle* joined = nullptr;
    for (TF_ShapeHandle* part : parts) {
      if (!joined) {
        joined = part;
        continue;
      }
      TF_ShapeHandle* longer = New();
      if (ok()) Tf().TF_ShapeInferenceContextConcatenateShapes(context_, joined, part, longer, status_);
      joined = longer;
    }
    return joined;
  }

  void Output(int index, TF_ShapeHandle* handle) {
    if (ok()) Tf().TF_ShapeInferenceContextSetOutput(context_, index, handle, status_);
  }

 private:
  TF_ShapeHandle* New() { return Own(Tf().TF_NewShapeHandle()); }
  TF_ShapeHandle* Own(TF_ShapeHandle* handle) {
    handles_.push_back(handle);
    return handle;
  }

  TF_ShapeInferenceContext* context_;
  TF_Status* status_;
  std::deque<TF_ShapeHandle*> handles_;
};

// Output i has the shape of input like[i], or is a scalar.
template <int... like>
void OutputsLike(TF_ShapeInferenceContext* context, TF_Status* status) {
  ShapeInference shapes(context, status);
  int output = 0;
  for (const int input : {like...}) shapes.Output(output++, input == kScalar ? shapes.Scalar() : shapes.Input(input));
}

}  // namespace paretoscope::kernels

#endif  // PARETOSCOPE_KERNELS_SHAPES_H_

#pragma once
// The actors of the coverage scene. Includes VTK: for gl_*.cpp only.
#include <vtkActor.h>
#include <vtkSmartPointer.h>

#include "ui/coverage/gl_scene.h"

class vtkPlane;
class vtkPointGaussianMapper;
class vtkRenderer;

namespace inflaton::ui {

/// A surface has two actors, its back and its front side; a curve has `front` only.
struct ShellActors {
  vtkSmartPointer<vtkActor> back, front;
  double lineWidth = 1;
  static ShellActors of(const ShellLook&);
  void removeFrom(vtkRenderer*);
  void clipBy(vtkPlane*);  ///< nullptr: whole
  void setLineScale(double pixelsPerUnit);
};

/// Points as small flat marks that keep their size on screen.
struct PointActor {
  vtkSmartPointer<vtkActor> actor;
  vtkSmartPointer<vtkPointGaussianMapper> mapper;
  double size = 3;
  static PointActor of(const PointGroup&);
  void setSize(double dataPerUnit);
};

}  // namespace inflaton::ui

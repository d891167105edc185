#include "ui/coverage/gl_actors.h"

#include <vtkCellArray.h>
#include <vtkFloatArray.h>
#include <vtkNew.h>
#include <vtkPlane.h>
#include <vtkPointGaussianMapper.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkPolyDataMapper.h>
#include <vtkPolyDataNormals.h>
#include <vtkProperty.h>
#include <vtkRenderer.h>

namespace inflaton::ui {

namespace {

vtkSmartPointer<vtkPolyData> polyData(const Mesh& mesh) {
  const auto dim = static_cast<std::size_t>(mesh.dim);
  vtkNew<vtkPoints> points;
  points->SetNumberOfPoints(mesh.pointCount());
  for (std::int64_t i = 0; i < mesh.pointCount(); ++i) {
    const double* x = mesh.points.data() + static_cast<std::size_t>(i) * dim;
    points->SetPoint(i, x[0], x[1], mesh.dim > 2 ? x[2] : 0.0);
  }
  vtkNew<vtkCellArray> cells;
  for (std::int64_t k = 0; k < mesh.cellCount(); ++k) {
    const std::int32_t* c = mesh.cells.data() + static_cast<std::size_t>(k) * dim;
    cells->InsertNextCell(mesh.dim);
    for (std::size_t v = 0; v < dim; ++v) cells->InsertCellPoint(c[v]);
  }
  auto data = vtkSmartPointer<vtkPolyData>::New();
  data->SetPoints(points);
  if (mesh.dim > 2)
    data->SetPolys(cells);
  else
    data->SetLines(cells);
  return data;
}

vtkSmartPointer<vtkActor> actorOf(vtkPolyData* data, const QColor& color, double opacity) {
  vtkNew<vtkPolyDataMapper> mapper;
  mapper->SetInputData(data);
  mapper->ScalarVisibilityOff();
  auto actor = vtkSmartPointer<vtkActor>::New();
  actor->SetMapper(mapper);
  actor->GetProperty()->SetColor(color.redF(), color.greenF(), color.blueF());
  actor->GetProperty()->SetOpacity(opacity);
  return actor;
}

/// What is drawn of the square around a mark: offsetVCVSOutput runs from its centre, y upwards.
const char* shapeCode(Marker marker) {
  switch (marker) {
    case Marker::triangle:
      return "//VTK::Color::Impl\n"
             "vec2 at = offsetVCVSOutput.xy;\n"
             "if (at.y < -0.6 || abs(at.x) > 0.58 * (1.0 - at.y)) discard;\n";
    case Marker::diamond:
      return "//VTK::Color::Impl\n"
             "vec2 at = offsetVCVSOutput.xy;\n"
             "if (abs(at.x) + abs(at.y) > 1.0) discard;\n";
    case Marker::square:
      return "//VTK::Color::Impl\n"
             "vec2 at = offsetVCVSOutput.xy;\n"
             "if (max(abs(at.x), abs(at.y)) > 0.8) discard;\n";
    default:
      return "//VTK::Color::Impl\n"
             "vec2 at = offsetVCVSOutput.xy;\n"
             "if (dot(at, at) > 1.0) discard;\n";
  }
}

}  // namespace

ShellActors ShellActors::of(const ShellLook& look) {
  ShellActors shell;
  shell.lineWidth = look.lineWidth;
  auto data = polyData(*look.mesh);
  if (look.mesh->dim < 3) {
    shell.front = actorOf(data, look.color, 1);
    shell.front->GetProperty()->LightingOff();
    return shell;
  }
  vtkNew<vtkPolyDataNormals> normals;
  normals->SetInputData(data);
  normals->SplittingOff();
  normals->ConsistencyOff();  // the mesh is oriented: outwards
  normals->Update();
  for (auto* side : {&shell.back, &shell.front}) {
    *side = actorOf(normals->GetOutput(), look.color, look.opacity);
    vtkProperty* p = (*side)->GetProperty();
    p->SetAmbient(0.35);
    p->SetDiffuse(0.65);
    p->SetSpecular(0.15);
    p->SetSpecularPower(20);
  }
  shell.back->GetProperty()->FrontfaceCullingOn();
  shell.front->GetProperty()->BackfaceCullingOn();
  return shell;
}

void ShellActors::removeFrom(vtkRenderer* renderer) {
  if (back) renderer->RemoveActor(back);
  renderer->RemoveActor(front);
}

void ShellActors::clipBy(vtkPlane* plane) {
  for (vtkActor* actor : {back.Get(), front.Get()}) {
    if (!actor) continue;
    actor->GetMapper()->RemoveAllClippingPlanes();
    if (plane) actor->GetMapper()->AddClippingPlane(plane);
  }
}

void ShellActors::setLineScale(double pixelsPerUnit) { front->GetProperty()->SetLineWidth(static_cast<float>(lineWidth * pixelsPerUnit)); }

PointActor PointActor::of(const PointGroup& group) {
  PointActor made;
  made.size = group.size;
  const auto n = static_cast<vtkIdType>(group.points.size() / 3);
  vtkNew<vtkFloatArray> positions;
  positions->SetNumberOfComponents(3);
  positions->SetNumberOfTuples(n);
  std::copy(group.points.begin(), group.points.end(), positions->GetPointer(0));
  vtkNew<vtkPoints> points;
  points->SetData(positions);
  vtkNew<vtkPolyData> data;
  data->SetPoints(points);
  made.mapper = vtkSmartPointer<vtkPointGaussianMapper>::New();
  made.mapper->SetInputData(data);
  made.mapper->ScalarVisibilityOff();
  made.mapper->EmissiveOff();
  made.mapper->SetSplatShaderCode(shapeCode(group.marker));
  made.actor = vtkSmartPointer<vtkActor>::New();
  made.actor->SetMapper(made.mapper);
  made.actor->ForceOpaqueOn();
  vtkProperty* p = made.actor->GetProperty();
  p->SetColor(group.color.redF(), group.color.greenF(), group.color.blueF());
  p->LightingOff();
  return made;
}

void PointActor::setSize(double dataPerUnit) { mapper->SetScaleFactor(size / 2 * dataPerUnit); }

}  // namespace inflaton::ui

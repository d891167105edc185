// The main of every test program but the window's.
#include "tests/by_file.h"

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  return inflaton::test::selectFile(argc, argv) ? RUN_ALL_TESTS() : 1;
}

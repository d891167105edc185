#pragma once
// Where tests find things; written by CMake into one source of each program, so that no other depends on where the checkout lies.

namespace inflaton::test {

const char* sourceFolder();         ///< root of the repository
const char* defaultGoldenFolder();  ///< the fixtures, unless INFLATON_GOLDEN names others
const char* cliProgram();           ///< inflaton-cli of the same build
const char* coreLibraries();        ///< the libraries of core/ of the same build, with ';' between
const char* guiProgram();           ///< inflaton of the same build; empty where it is built without a window

}  // namespace inflaton::test

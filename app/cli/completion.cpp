#include "app/cli/help.h"

#include <algorithm>

namespace inflaton::cli {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& w : words) out += (out.empty() ? "" : " ") + w;
  return out;
}

// What may stand at a command's positions, and the names of its options.
std::string wordsOf(const Command& command) {
  std::vector<std::string> words = command.words;
  if (command.table)
    for (const Parameter& p : command.table->parameters)
      if (p.positional) words.insert(words.end(), p.choices.begin(), p.choices.end());
  return joined(words);
}

bool takesFiles(const Command& command) {
  if (command.table)
    for (const Parameter& p : command.table->parameters)
      if (p.positional && p.kind == ParameterKind::file) return true;
  return false;
}

std::string optionsOf(const Command& command) {
  std::vector<std::string> names;
  if (command.table)
    for (const Parameter& p : command.table->parameters) names.push_back("--" + p.name);
  for (const Switch& s : switchesOf(command)) names.push_back("--" + s.name);
  return joined(names);
}

// One case branch per option that takes something completable. Option names mean the same in every command that has them,
// except for their choices, so the branch is command:option.
std::string valueBranches() {
  std::string out;
  for (const Command& command : commands()) {
    if (command.hidden || !command.table) continue;
    for (const Parameter& p : command.table->parameters) {
      const std::string branch = "    \"" + command.name + ":--" + p.name + "\") ";
      if (p.kind == ParameterKind::flag)
        out += branch + "words=\"true false\" ;;\n";
      else if (!p.choices.empty())
        out += branch + "words=\"" + joined(p.choices) + "\" ;;\n";
      else if (p.kind == ParameterKind::file)
        out += branch + "kind=file ;;\n";
      else if (p.kind == ParameterKind::folder)
        out += branch + "kind=folder ;;\n";
      else
        out += branch + "kind=none ;;\n";
    }
  }
  return out;
}

}  // namespace

std::string bashCompletion() {
  std::vector<std::string> names;
  std::string optionBranches, wordBranches, familyBranches;
  for (const Command& command : commands()) {
    if (command.hidden) continue;
    const std::string first = command.name.substr(0, command.name.find(' '));
    if (std::find(names.begin(), names.end(), first) == names.end()) {
      names.push_back(first);
      if (const auto seconds = secondWords(first); !seconds.empty())
        familyBranches += "    " + first + ") words=\"" + joined(seconds) + "\" ;;\n";
    }
    optionBranches += "    \"" + command.name + "\") options=\"" + optionsOf(command) + "\" ;;\n";
    if (takesFiles(command))
      wordBranches +=
          "    \"" + command.name + "\") COMPREPLY=($(compgen -f -- \"$current\")); compopt -o filenames 2>/dev/null; return ;;\n";
    if (!wordsOf(command).empty()) wordBranches += "    \"" + command.name + "\") words=\"" + wordsOf(command) + "\" ;;\n";
  }
  return R"sh(# bash completion for inflaton-cli; made by "inflaton-cli completion bash" from the program's own option tables.
_inflaton_cli()
{
  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"
  local command="" options="" words="" kind="" i
  COMPREPLY=()
  # Readline splits --option=value at the equals sign.
  if [[ $current == "=" ]]; then
    current=""
  elif [[ $previous == "=" ]]; then
    previous="${COMP_WORDS[COMP_CWORD-2]}"
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "${COMP_WORDS[i]}" in
    -*) ;;
    *) command="${COMP_WORDS[i]}"; break ;;
    esac
  done
  if [[ -z $command ]]; then
    COMPREPLY=($(compgen -W ")sh" +
         joined(names) + R"sh( --help --version" -- "$current"))
    return
  fi
  # Some commands have two words.
  case "$command" in
)sh" + familyBranches +
         R"sh(  esac
  if [[ -n $words ]]; then
    if ((i + 1 >= COMP_CWORD)); then
      COMPREPLY=($(compgen -W "$words" -- "$current"))
      return
    fi
    command="$command ${COMP_WORDS[i+1]}"
    words=""
  fi
  if [[ $previous == --* ]]; then
    previous="--$(tr - _ <<<"${previous:2}")"
    case "$command:$previous" in
)sh" + valueBranches() +
         R"sh(    esac
    case "$kind" in
    file) COMPREPLY=($(compgen -f -- "$current")); compopt -o filenames 2>/dev/null; return ;;
    folder) COMPREPLY=($(compgen -d -- "$current")); compopt -o filenames 2>/dev/null; return ;;
    none) return ;;
    esac
    if [[ -n $words ]]; then
      COMPREPLY=($(compgen -W "$words" -- "$current"))
      return
    fi
  fi
  if [[ $current == -* ]]; then
    case "$command" in
)sh" + optionBranches +
         R"sh(    esac
    # The program takes '-' for '_' in names, and so does this.
    [[ $current == --?* ]] && current="--$(tr - _ <<<"${current:2}")"
    COMPREPLY=($(compgen -W "$options" -- "$current"))
    return
  fi
  case "$command" in
)sh" + wordBranches +
         R"sh(  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _inflaton_cli inflaton-cli
)sh";
}

Command completionCommand() {
  Command command;
  command.name = "completion";
  command.summary = "Print the completion script of a shell.";
  command.words = {"bash"};
  command.hidden = true;
  command.run = [](const Request& request, Console& console) {
    if (request.words != std::vector<std::string>{"bash"}) throw Error(ErrorCode::usage, "completion: allowed is bash");
    return console.print(bashCompletion());
  };
  return command;
}

Command referenceCommand() {
  Command command;
  command.name = "options-reference";
  command.summary = "Print all options as Markdown.";
  command.hidden = true;
  command.run = [](const Request&, Console& console) { return console.print(optionsReference()); };
  return command;
}

}  // namespace inflaton::cli

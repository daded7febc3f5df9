// Ctrl-C, SIGTERM and SIGUSR1 (mpirun passes that one on to all ranks): the first one asks a long
// piece of work to save and end.
#pragma once

namespace cli {

// From now on the first signal is only noted; another one, a second or more later, ends the program
// at once.
void watch_interrupts();
bool interrupted();
bool told_to_end();  // by a SIGTERM

}  // namespace cli

// Linked into the wasm tests: Emscripten's programs do not see node's environment by themselves.
Module.preRun = () => {
  if (process.env.INKLING_DATA) ENV.INKLING_DATA = process.env.INKLING_DATA;
};

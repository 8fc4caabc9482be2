// A thread of a machine with better things to do: it takes a second and a half to load, then reads as any other.
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500)
await import('../../src/content/parser-thread.ts')

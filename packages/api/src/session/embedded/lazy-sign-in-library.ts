import type { SignInLibrary, SignInLibraryOptions } from './sign-in-library.ts'

/**
 * The sign-in library, loaded when somebody first signs in or up: it takes a quarter of a second of a core and some 50 MB, which a
 * start need not wait for, and which a process with an identity provider never spends.
 */
export function createLazySignInLibrary(options: SignInLibraryOptions): SignInLibrary {
  let opening: Promise<SignInLibrary> | undefined

  async function load(): Promise<SignInLibrary> {
    const { createSignInLibrary } = await import('./sign-in-library.ts')
    return createSignInLibrary(options)
  }

  return {
    signIn: async (input) => await (await (opening ??= load())).signIn(input),
    signUp: async (input) => await (await (opening ??= load())).signUp(input),
  }
}

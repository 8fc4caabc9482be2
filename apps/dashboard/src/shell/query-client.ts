import { needsSignIn, toMaildockError } from '@maildock/client'
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'

/**
 * The cache of everything read from the server. `onSessionLost` is called whenever an answer says that the session has
 * ended. Retries belong to the client, which knows what is safe to repeat; here there are none.
 */
export function createQueryClient(onSessionLost: () => void): QueryClient {
  const onError = (error: unknown) => {
    if (needsSignIn(toMaildockError(error))) onSessionLost()
  }
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      // The browser's own idea of being online is not asked: a server on this machine answers without any network.
      queries: { retry: false, staleTime: 30_000, networkMode: 'always' },
      mutations: { retry: false, networkMode: 'always' },
    },
  })
}

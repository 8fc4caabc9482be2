import '@fontsource-variable/inter/index.css'
import './styles.css'
import { createMaildockClient } from '@maildock/client'
import { RouterProvider } from '@tanstack/react-router'
import { QueryClientProvider } from '@tanstack/react-query'
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createDashboardRouter } from './router.tsx'
import { leaveForSignIn } from './session/leave-for-sign-in.ts'
import { createQueryClient } from './shell/query-client.ts'
import { followSystemTheme } from './shell/theme.ts'
import { TRPCProvider } from './shell/trpc.ts'
import { ToastProvider } from './ui/toast.tsx'

const root = document.querySelector('#root')
if (root === null) throw new Error('index.html has no #root.')

followSystemTheme()
const { trpc: client } = createMaildockClient({ baseUrl: '' })
const queryClient = createQueryClient(() => leaveForSignIn(router, queryClient))
const trpc = createTRPCOptionsProxy({ client, queryClient })
const router = createDashboardRouter({ queryClient, trpc })

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={client} queryClient={queryClient}>
        <ToastProvider>
          <RouterProvider router={router} />
        </ToastProvider>
      </TRPCProvider>
    </QueryClientProvider>
  </StrictMode>,
)

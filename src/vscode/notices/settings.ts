// Which notifications the user wants, as settings relative to `omniroute`. Pure.

export type NoticeKind = 'quotas' | 'accounts' | 'budgets'

export const noticeSettings = {
  quotas: { key: 'notifications.quotas', fallback: true },
  accounts: { key: 'notifications.accounts', fallback: true },
  budgets: { key: 'notifications.budgets', fallback: true },
} as const satisfies Record<NoticeKind, { readonly key: string; readonly fallback: boolean }>

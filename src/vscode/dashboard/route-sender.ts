// Takes a dashboard page to a route as soon as the page listens. A page that is hidden is gone, because VS Code keeps nothing of it;
// shown again, it is loaded anew and speaks first. Knows nothing of VS Code.

/** What the page understands besides the answers and events of the contract. */
export interface NavigateMessage {
  /** A route as a hash: `#/routing`. */
  readonly navigate: string
}

export class RouteSender {
  readonly #post: (message: NavigateMessage) => PromiseLike<boolean>
  #listening = false
  #wanted: string | undefined

  /** `post` says whether the message could be delivered. */
  constructor(post: (message: NavigateMessage) => PromiseLike<boolean>) {
    this.#post = post
  }

  /** The last one wins while the page does not listen yet. */
  go(hash: string): void {
    this.#wanted = hash
    this.#send()
  }

  /** The page has spoken, so it listens. */
  heard(): void {
    if (this.#listening) return
    this.#listening = true
    this.#send()
  }

  gone(): void {
    this.#listening = false
  }

  #send(): void {
    const hash = this.#wanted
    if (!this.#listening || hash === undefined) return
    this.#wanted = undefined
    this.#post({ navigate: hash }).then(
      (delivered) => {
        if (!delivered) this.#keep(hash)
      },
      () => this.#keep(hash),
    )
  }

  #keep(hash: string): void {
    this.#listening = false
    this.#wanted ??= hash
  }
}

/** Who speaks over a connection. */
export interface Caller {
  readonly applicationId: number;
  readonly userId: number;
  readonly username: string;
  /** The session that this connection is. */
  readonly userSessionId: number;
}

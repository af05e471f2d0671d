import { Injectable } from '@nestjs/common';
import { ApplicationsService } from '../../applications/applications.service.js';
import { Application } from '../../applications/application.entity.js';
import { ClientError } from '../../errors/api-error.js';
import { isCleanText } from '../../resource/json.js';
import { NAME_MAX } from '../../resource/fields.js';
import { SessionsService } from '../../sessions/sessions.service.js';
import { UserRow } from '../../users/user.rows.js';
import { UsersRepository } from '../../users/users.repository.js';
import { UsersService } from '../../users/users.service.js';
import { AccessDeniedError } from '../errors.js';
import { Authentication } from './authentication.js';
import { Caller } from './caller.js';

/** The headers of a CONNECT frame that say who connects. */
const HEADERS = { user: 'StompX-User', agent: 'StompX-User-Agent', auth: 'StompX-Auth-Params' };

/** Finds out who connects, and begins their session. */
@Injectable()
export class SignIn {
  constructor(
    private readonly applications: ApplicationsService,
    private readonly users: UsersService,
    private readonly usersRepository: UsersRepository,
    private readonly sessions: SessionsService,
    private readonly authentication: Authentication,
  ) {}

  /** Throws an {@link AccessDeniedError}, after which apps do not try again. */
  async signIn(apiKey: string, headers: ReadonlyMap<string, string>): Promise<Caller> {
    const application = await this.applications.findByKey(apiKey);
    if (!application) throw new AccessDeniedError('There is no application with this API key');
    const user = await this.user(application, headers);
    const userAgent = headers.get(HEADERS.agent);
    const { id } = await this.sessions.startUserSession(application.id, user.id, userAgent);
    return {
      applicationId: application.id,
      userId: user.id,
      username: user.name!,
      userSessionId: id,
      ...(userAgent !== undefined && { userAgent }),
    };
  }

  private async user(application: Application, headers: ReadonlyMap<string, string>): Promise<UserRow> {
    const username = headers.get(HEADERS.user) ?? '';
    if (!isName(username)) throw new AccessDeniedError(`A username has 1 to ${NAME_MAX} characters`);
    const [user] = await this.usersRepository.findByNames(application.id, [username]);
    const authParams = decodeAuthParams(headers.get(HEADERS.auth));
    const decision = await this.authentication.decide({ applicationId: application.id, username, authParams, user });
    if (decision === 'denied') throw new AccessDeniedError('The credentials of this user are not valid');
    if (user) return user;
    if (decision !== 'accepted' && !application.guestUsers)
      throw new AccessDeniedError('There is no such user, and this application takes no guests');
    return this.newcomer(application.id, username, decision !== 'accepted');
  }

  private async newcomer(applicationId: number, name: string, isGuest: boolean): Promise<UserRow> {
    try {
      return await this.users.create(applicationId, { name, displayName: name, isGuest });
    } catch (error) {
      // Another connection of the same user may have been quicker.
      const [user] = error instanceof ClientError ? await this.usersRepository.findByNames(applicationId, [name]) : [];
      if (user) return user;
      throw error;
    }
  }
}

const isName = (text: string): boolean => text.length >= 1 && text.length <= NAME_MAX && isCleanText(text);

/** Base64 of JSON, one byte for each character. Other clients than the published ones may well send UTF-8. */
export function decodeAuthParams(header: string | undefined): unknown {
  if (header === undefined || header === 'undefined') return undefined;
  const bytes = Buffer.from(header, 'base64');
  const utf8 = bytes.toString('utf8');
  try {
    return JSON.parse(utf8.includes('\uFFFD') ? bytes.toString('latin1') : utf8);
  } catch {
    throw new AccessDeniedError('The authentication parameters are not JSON in Base64');
  }
}

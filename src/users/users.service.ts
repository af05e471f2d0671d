import { Injectable } from '@nestjs/common';
import { countInApplication } from '../applications/application-counters.js';
import { isDuplicate } from '../database/database-errors.js';
import { Database } from '../database/database.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { ClientError, ResourceNotFoundError } from '../errors/api-error.js';
import { EventLog } from '../events/event-log.js';
import { CreateExternalFileProperties, externalAddress } from '../files/file.resource.js';
import { FileRemoval } from '../files/file-removal.js';
import { FilesRepository } from '../files/files.repository.js';
import { hosted, hostedPath, hostedProperties } from '../files/hosted-file.js';
import { JobsService } from '../jobs/jobs.service.js';
import { Quotas } from '../limits/quotas.js';
import { Page } from '../pagination/page.js';
import { PageQuery } from '../pagination/page-query.js';
import { mergedProperties, PropertiesChange } from '../resource/merged-properties.js';
import { refuseChange } from '../resource/unchanged.js';
import { ChatUserPropertiesPatch, CreatePersonChatUserResource, DisplayPictureForm } from './user.resource.js';
import { UserRow } from './user.rows.js';
import { UserFilter, UsersRepository } from './users.repository.js';

/** Presence of a user who has never been seen. */
export const UNAVAILABLE = 'UNAVAILABLE';
export const USER_DELETION = 'USER_DELETION';

/** The end users of an application. */
@Injectable()
export class UsersService {
  constructor(
    private readonly users: UsersRepository,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventLog,
    private readonly jobs: JobsService,
    private readonly quotas: Quotas,
    private readonly files: FilesRepository,
    private readonly fileRemoval: FileRemoval,
  ) {}

  async create(applicationId: number, given: CreatePersonChatUserResource): Promise<UserRow> {
    const { name, displayName, isGuest = false } = given;
    const properties = JSON.stringify(given.properties ?? {});
    const createdTime = Date.now();
    const payload = { name, displayName, isGuest };
    const max = await this.quotas.of(applicationId, 'users');
    try {
      const [inserted] = await this.unitOfWork.batch([
        this.users.insertion({
          applicationId,
          name,
          displayName,
          isGuest,
          presenceStatus: UNAVAILABLE,
          properties,
          createdTime,
        }),
        this.events.statementForInserted({ applicationId, type: 'user.created', payload, createdTime }),
        countInApplication(applicationId, 'user_count', 1, max),
      ]);
      this.events.announce();
      return {
        id: inserted!.insertId,
        type: 'PERSON',
        name,
        display_name: displayName,
        display_picture: null,
        is_guest: isGuest ? 1 : 0,
        presence_status: UNAVAILABLE,
        presence_online: 0,
        properties,
      };
    } catch (error) {
      if (isDuplicate(error))
        throw ClientError.of('User', 'name', 'already_exists', `${name} is the name of another user`);
      throw await this.quotas.explain(error, applicationId, 'users');
    }
  }

  async retrieve(applicationId: number, id: number): Promise<UserRow> {
    const user = await this.users.find(applicationId, id);
    if (!user) throw new ResourceNotFoundError();
    return user;
  }

  exists(applicationId: number, name: string): Promise<boolean> {
    return this.users.exists(applicationId, name);
  }

  list(applicationId: number, filter: UserFilter, query: PageQuery): Promise<Page<UserRow>> {
    return this.users.list(applicationId, filter, query);
  }

  update(
    applicationId: number,
    id: number,
    patch: ChatUserPropertiesPatch,
    change: PropertiesChange = 'merged',
  ): Promise<UserRow> {
    return this.unitOfWork.run(async () => {
      const user = await this.users.findForUpdate(applicationId, id);
      if (!user) throw new ResourceNotFoundError();
      refuseChange('User', 'name', patch.name, user.name);
      refuseChange('User', 'type', patch.type, user.type);
      const updated: UserRow = {
        ...user,
        display_name: patch.displayName ?? user.display_name,
        is_guest: patch.isGuest === undefined ? user.is_guest : Number(patch.isGuest),
        presence_status: patch.presence?.status ?? user.presence_status,
        properties: mergedProperties('User', user.properties, patch.properties, change),
      };
      await this.users.update(applicationId, id, updated);
      await this.events.append({
        applicationId,
        type: 'user.updated',
        subjectId: id,
        payload: {
          displayName: patch.displayName,
          isGuest: patch.isGuest,
          presence: patch.presence,
          properties: patch.properties,
        },
        createdTime: Date.now(),
      });
      return updated;
    });
  }

  /** Another picture, which comes with the request or is kept elsewhere. The one before goes. */
  async changeDisplayPicture(
    applicationId: number,
    id: number,
    picture: CreateExternalFileProperties | DisplayPictureForm,
  ): Promise<UserRow> {
    const kept = picture instanceof DisplayPictureForm ? hosted(picture.file) : undefined;
    const address = kept ? hostedPath(kept) : externalAddress((picture as CreateExternalFileProperties).url);
    return this.unitOfWork.run(async () => {
      const user = await this.users.findForUpdate(applicationId, id);
      if (!user) throw new ResourceNotFoundError();
      const createdTime = Date.now();
      await this.fileRemoval.release(applicationId, 'USER', [id]);
      if (kept) {
        const owner = { type: 'USER' as const, id: { sql: '?', parameters: [id] } };
        const { sql, parameters } = this.files.insertion(applicationId, kept, owner, createdTime);
        await this.database.execute(sql, parameters);
      }
      await this.users.setDisplayPicture(applicationId, id, address);
      await this.events.append({
        applicationId,
        type: 'user.updated',
        subjectId: id,
        payload: { displayPicture: kept ? hostedProperties(kept) : { type: 'EXTERNAL', ...picture, url: address } },
        createdTime,
      });
      return { ...user, display_picture: address };
    });
  }

  /**
   * Deletes a user: the name is free again, memberships end, messages remain with a sender who is nobody. The user
   * stands in no list from now on; memberships, of which there may be many, go by a job.
   */
  async delete(applicationId: number, id: number): Promise<void> {
    await this.unitOfWork.run(async () => {
      const user = await this.users.findForUpdate(applicationId, id);
      if (!user) throw new ResourceNotFoundError();
      const deletedTime = Date.now();
      await this.users.anonymise(applicationId, id, deletedTime);
      await this.fileRemoval.release(applicationId, 'USER', [id]);
      await this.events.append({
        applicationId,
        type: 'user.deleted',
        subjectId: id,
        payload: { name: user.name },
        createdTime: deletedTime,
      });
      await this.jobs.schedule(applicationId, USER_DELETION, { userId: id });
      const { sql, parameters } = countInApplication(applicationId, 'user_count', -1);
      await this.database.execute(sql, parameters);
    });
  }
}

import { Injectable } from '@nestjs/common';
import { Application } from '../applications/application.entity.js';
import { ApplicationsService, CreatedApplication } from '../applications/applications.service.js';
import { Database } from '../database/database.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { MoveRow, MovesRepository } from './moves.repository.js';
import { SourceClient } from './source-client.js';
import { SourceApplication, SourceSettings } from './source.resources.js';

/** A move, and the application that is copied into. */
export interface MoveTarget {
  move: MoveRow;
  applicationKey: string;
  /** If it was created just now. */
  created?: CreatedApplication;
}

/** Finds or creates the application that another one is copied into. */
@Injectable()
export class MoveTargets {
  constructor(
    private readonly applications: ApplicationsService,
    private readonly moves: MovesRepository,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** The same server, the same credentials and the same key mean the same move. Undefined if there is no such key. */
  async open(client: SourceClient, baseUrl: string, givenKey: string | undefined): Promise<MoveTarget | undefined> {
    const remote = await client.get<SourceApplication>('/application');
    client.noteLink(remote._links?.self?.href);
    const settings = await client.get<SourceSettings>('/application/settings');
    const source = `${baseUrl} ${remote.id}`;
    const target =
      givenKey === undefined
        ? await this.lastOrNew(source, remote.name ?? `Moved from ${new URL(baseUrl).host}`)
        : await this.into(givenKey, source);
    if (target) await this.describe(target.move.application_id, remote, settings);
    return target;
  }

  private async lastOrNew(source: string, name: string): Promise<MoveTarget> {
    const move = await this.moves.find(source);
    if (move) return { move, applicationKey: (await this.applications.retrieve(move.application_id)).key };
    // Both, or neither: an application that nobody knows of would be made at each try.
    return this.unitOfWork.run(async () => {
      const created = await this.applications.create(name);
      return { move: await this.moves.insert(created.applicationId, source), applicationKey: created.key, created };
    });
  }

  private async into(key: string, source: string): Promise<MoveTarget | undefined> {
    const application = await this.applications.findByKey(key);
    if (!application) return undefined;
    const move = (await this.moves.find(source, application.id)) ?? (await this.moves.insert(application.id, source));
    return { move, applicationKey: key };
  }

  /** Takes over the settings, and the properties that the application does not have itself. */
  private async describe(
    applicationId: number,
    { properties = {} }: SourceApplication,
    { guestUsers, userCreatedChannels, features = {} }: SourceSettings,
  ): Promise<void> {
    const guests = guestUsers ?? features.guestUsers ?? features.guest_users;
    const channels = userCreatedChannels ?? features.userCreatedChannels ?? features.user_created_channels;
    const application = await this.applications.retrieve(applicationId);
    const merged = JSON.stringify({ ...properties, ...(JSON.parse(application.properties) as object) });
    await this.unitOfWork.run(async () => {
      if (merged !== application.properties)
        await this.database.repository(Application).update({ id: applicationId }, { properties: merged });
      if (!guests || !channels || isAs(application, guests, channels)) return;
      await this.applications.updateSettings(applicationId, { guestUsers: guests, userCreatedChannels: channels });
    });
  }
}

const isAs = ({ guestUsers, userCreatedChannels }: Application, guests: string, channels: string): boolean =>
  guestUsers === (guests === 'ENABLED') && userCreatedChannels === (channels === 'ENABLED');

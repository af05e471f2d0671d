import { Controller, Headers, Post, Req, Res, VERSION_NEUTRAL } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ClientError, ResourceNotFoundError } from '../../errors/api-error.js';
import { FileGrant, FileGrants } from '../../grants/file-grants.js';
import { CreateFileMessageForm, MessageResource } from '../../messages/message.resource.js';
import { MESSAGE_UPLOAD } from '../../messages/message-upload.js';
import { SendingTarget, UserSending } from '../../messages/user-sending.service.js';
import { IdParam } from '../../resource/id-param.decorator.js';
import { readForm } from '../../resource/input.js';
import { ResourceClass } from '../../resource/registry.js';
import { UploadedForm } from '../../uploads/uploaded-file.js';
import { UploadOptions } from '../../uploads/upload-options.js';
import { Uploads } from '../../uploads/uploads.js';
import { CurrentUser } from '../../users/current-user.service.js';
import { DISPLAY_PICTURE_UPLOAD, DisplayPictureForm } from '../../users/user.resource.js';
import { AccessDeniedError } from '../errors.js';
import { CurrentUserResource, toCurrentUser } from '../resources/current-user.resource.js';
import { Renderer } from '../resources/renderer.js';

/** What a request is to do with a form. */
interface Stream<Form> {
  upload: UploadOptions;
  answer: ResourceClass;
  work: (grant: FileGrant, form: Form) => Promise<unknown>;
}

/** Takes the files that apps send. Who sends is told by the grant that the app got over its connection, and by nothing else. */
@ApiExcludeController()
@Controller({ path: 'streams', version: VERSION_NEUTRAL })
export class StreamsController {
  constructor(
    private readonly grants: FileGrants,
    private readonly uploads: Uploads,
    private readonly sending: UserSending,
    private readonly currentUser: CurrentUser,
    private readonly renderer: Renderer,
  ) {}

  @Post('channels/:id/messages')
  sendToChannel(
    @IdParam('Channel') channelId: number,
    @Headers('grant') token: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.send({ channelId }, token, request, reply);
  }

  @Post('threads/:id/messages')
  sendToThread(
    @IdParam('Thread') threadId: number,
    @Headers('grant') token: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.send({ threadId }, token, request, reply);
  }

  @Post('messages/:id/replies')
  reply(
    @IdParam('Message') messageId: number,
    @Headers('grant') token: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.send({ messageId }, token, request, reply);
  }

  @Post('users/:id/display-picture')
  changeDisplayPicture(
    @IdParam('User') id: number,
    @Headers('grant') token: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.answer<DisplayPictureForm>(token, request, reply, {
      upload: DISPLAY_PICTURE_UPLOAD,
      answer: CurrentUserResource,
      work: async ({ applicationId, userId }, { file }) => {
        if (id !== userId) throw new ResourceNotFoundError();
        return toCurrentUser(await this.currentUser.uploadDisplayPicture(applicationId, userId, file));
      },
    });
  }

  private send(target: SendingTarget, token: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    return this.answer<CreateFileMessageForm>(token, request, reply, {
      upload: MESSAGE_UPLOAD,
      answer: MessageResource,
      work: ({ applicationId, userId }, { file, groupTag, properties }) =>
        this.sending.sendFile(applicationId, userId, target, {
          file,
          ...(groupTag !== undefined && { groupTag }),
          ...(properties !== undefined && { properties }),
        }),
    });
  }

  private async answer<Form>(
    token: unknown,
    request: FastifyRequest,
    reply: FastifyReply,
    { upload, answer, work }: Stream<Form>,
  ): Promise<void> {
    const grant = this.grants.verify(token, 'WRITE');
    if (!grant) throw new AccessDeniedError('The header Grant must have what lets this user send files');
    request.principal = { applicationId: grant.applicationId, clientId: '', scopes: new Set() };
    const json = await this.uploads.around(request, reply, upload, async () => {
      const { value, problems } = readForm(plain(request.body as UploadedForm));
      if (problems.length > 0) throw new ClientError(problems);
      return this.renderer.forCaller(grant, answer, await work(grant, value as Form));
    });
    await reply.code(200).header('content-type', 'application/json').send(json);
  }
}

/** Published clients write this text as JSON. */
function plain(form: UploadedForm): UploadedForm {
  const { groupTag } = form.fields;
  if (typeof groupTag === 'string' && /^".*"$/s.test(groupTag)) form.fields.groupTag = unquoted(groupTag);
  return form;
}

function unquoted(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

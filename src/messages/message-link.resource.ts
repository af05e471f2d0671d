import { IntegerField, ObjectField, TextField } from '../resource/fields.js';

/** The picture of a preview. */
export class MessageLinkPreviewImageProperties {
  @TextField({ description: 'The url source of this image', max: 2_048 })
  source!: string;
}

/** What the page behind a link says about itself. */
export class MessageLinkPreviewProperties {
  @TextField({ description: 'The URL of the link being previewed', max: 2_048 })
  url!: string;

  @TextField({ description: 'The title of this link', max: 300 })
  title!: string;

  @ObjectField({ description: 'Image of this link preview', type: () => MessageLinkPreviewImageProperties })
  image!: MessageLinkPreviewImageProperties;

  @TextField({ description: 'Description of this link preview', max: 1_000, optional: true })
  description?: string;

  @TextField({ description: 'The name of the site linked', max: 200, optional: true })
  siteName?: string;
}

/** A web address in the body of a message. */
export class MessageLinkProperties {
  @TextField({ description: 'The address', max: 65_535 })
  source!: string;

  @IntegerField({ description: 'Where it starts in the body, in UTF-16 units', format: 'int32' })
  startPosition!: number;

  @IntegerField({ description: 'Where it has ended in the body, in UTF-16 units', format: 'int32' })
  endPosition!: number;

  @ObjectField({ description: 'Preview of the page', type: () => MessageLinkPreviewProperties, optional: true })
  preview?: MessageLinkPreviewProperties;
}

import contentDisposition from 'content-disposition';

/** How a file is handed out. */
export interface Delivery {
  contentType: string;
  contentDisposition: string;
}

/** What browsers show without running anything that is in it. */
const SHOWN = /^(image\/(png|apng|jpeg|gif|webp|avif|bmp)|(audio|video)\/[\w.+-]+|text\/plain)$/;
/** What a browser could run, on behalf of this server: its source may be read, nothing more. */
const ACTIVE_TEXT =
  /^(text\/(html|javascript|xml|css|x-[\w.+-]+)|application\/(xml|xhtml\+xml|javascript|ecmascript))$/;
const ACTIVE = /[/+]xml$|^application\/(x-shockwave-flash|x-msdownload|java-archive|wasm)$|^multipart\//;

/** Decides what a file is called when it is handed out, by its kind. The name cannot get out of its header. */
export function deliveryOf({ name, content_type: type }: { name: string; content_type: string }): Delivery {
  const isShown = SHOWN.test(type);
  return {
    contentType: safeType(type),
    contentDisposition: contentDisposition(name, { type: isShown ? 'inline' : 'attachment' }),
  };
}

function safeType(type: string): string {
  if (ACTIVE_TEXT.test(type) || type === 'text/plain') return 'text/plain; charset=utf-8';
  if (ACTIVE.test(type)) return 'application/octet-stream';
  return type.startsWith('text/') ? `${type}; charset=utf-8` : type;
}

import { MaskRcnnError } from '../../../core/errors.ts';

/** The client closed its connection before it got a response. */
export class ClientGone extends MaskRcnnError {
  override name = 'ClientGone';

  constructor() {
    super('the client is gone');
  }
}

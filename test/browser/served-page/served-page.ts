import type { Browser, Page } from 'playwright-core';
import type { Prediction } from '../../../src/predict/instance.ts';
import type { TestFolder } from '../../support/folder.ts';
import type { TestServer } from '../../support/serve-server.ts';
import type { OpenPage } from '../web-page.ts';

/** The page of one server, open in one browser, for all tests of it: each starts where the one before ended. */
export interface ServedPage {
  /** Holds the files of the models. */
  readonly folder: TestFolder;
  readonly server: TestServer;
  readonly browser: Browser;
  readonly opened: OpenPage;
  /** That of `opened`. */
  readonly page: Page;
  /** A picture of nuclei. */
  readonly png: Buffer;
  /** What Node finds in it. */
  readonly truth: Prediction;
}

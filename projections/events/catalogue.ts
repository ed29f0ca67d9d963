/** Every event type that this version knows, and the only place that lists them. */
import type { Static } from 'typebox';
import * as ballots from './ballots.js';
import * as city from './city.js';
import * as complaints from './complaints.js';
import * as contents from './contents.js';
import * as elections from './elections.js';
import * as logKeys from './log-keys.js';
import * as staff from './staff.js';
import * as views from './views.js';

export const catalogue = {
  RoleGranted: staff.RoleGranted,
  RoleRevoked: staff.RoleRevoked,

  ContentReleased: contents.ContentReleased,
  ContentHidden: contents.ContentHidden,
  ContentErased: contents.ContentErased,

  CityDescribed: city.CityDescribed,
  AreaDescribed: city.AreaDescribed,
  DepartmentDescribed: city.DepartmentDescribed,
  HolidaysDeclared: city.HolidaysDeclared,

  RulesetPublished: elections.RulesetPublished,
  ElectionDefined: elections.ElectionDefined,
  ElectionAmended: elections.ElectionAmended,
  OptionsListed: elections.OptionsListed,
  VotingOpened: elections.VotingOpened,
  VotingExtended: elections.VotingExtended,
  VotingSuspended: elections.VotingSuspended,
  VotingResumed: elections.VotingResumed,
  VotingClosed: elections.VotingClosed,
  VotingReopened: elections.VotingReopened,
  PaperBatchRecorded: elections.PaperBatchRecorded,
  PaperReconciled: elections.PaperReconciled,
  ElectionKeyPublished: elections.ElectionKeyPublished,
  TallyPublished: elections.TallyPublished,
  ResultCertified: elections.ResultCertified,
  ResultRevoked: elections.ResultRevoked,
  BallotsAnnulled: elections.BallotsAnnulled,
  ElectionAnnulled: elections.ElectionAnnulled,

  RollListed: ballots.RollListed,
  RollCommitted: ballots.RollCommitted,
  BallotCast: ballots.BallotCast,
  BallotKeyReplaced: ballots.BallotKeyReplaced,
  RollMarkedPaper: ballots.RollMarkedPaper,

  CategoryDescribed: complaints.CategoryDescribed,
  MatterStateDescribed: complaints.MatterStateDescribed,
  MatterFiled: complaints.MatterFiled,
  MatterConfirmed: complaints.MatterConfirmed,
  MatterReleased: complaints.MatterReleased,
  MatterHidden: complaints.MatterHidden,
  MatterPhotoReplaced: complaints.MatterPhotoReplaced,
  MatterAssigned: complaints.MatterAssigned,
  MatterMoved: complaints.MatterMoved,
  MatterAnswered: complaints.MatterAnswered,
  MatterReopened: complaints.MatterReopened,
  MatterAdded: complaints.MatterAdded,
  MatterRated: complaints.MatterRated,
  FixReported: complaints.FixReported,
  MatterJoined: complaints.MatterJoined,
  MatterLeft: complaints.MatterLeft,
  MatterDuplicated: complaints.MatterDuplicated,
  MatterGathered: complaints.MatterGathered,
  MatterSeparated: complaints.MatterSeparated,
  DeadlineMoved: complaints.DeadlineMoved,
  ReporterErased: complaints.ReporterErased,
  MatterErased: complaints.MatterErased,

  ViewPublished: views.ViewPublished,

  LogKeyAnnounced: logKeys.LogKeyAnnounced,
  LogKeyRetired: logKeys.LogKeyRetired,
} as const;

export type EventName = keyof typeof catalogue;
export type DataOf<T extends EventName> = Static<(typeof catalogue)[T]['data']>;

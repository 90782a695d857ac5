"""What the zip of a person's data says about itself, in both languages."""

from __future__ import annotations

README = """\
您的数据 / Your data
====================

本压缩包在您下载时生成，包含本站以您的账户保存的全部内容。所有 .json 与 .jsonl 文件均为 UTF-8 编码；
.jsonl 文件每行一条记录；时间为 UTC（ISO 8601）。
This archive was made while you downloaded it. It holds everything that this site keeps under your account.
Every .json and .jsonl file is UTF-8; a .jsonl file has one record a line; times are UTC (ISO 8601).

account.json        您的账户与所属单位 / your account and your organizations
rows/*.jsonl        各数据表中以您的编号保存的记录：团队、角色、提问、上传等
                    records under your number, by table: teams, roles, questions, uploads and so on
rows/access_log.jsonl  您作为组织者、需求方或评委阅读过哪些方案
                    what you read of others' submissions in an office
                    方案以编号标明；rows/tie.jsonl 为您与他人的关系（盲评期间，组织者提供的名单不在其中）
                    submissions stand by their codes; rows/tie.jsonl: what ties you to others (while you judge
                    blind, without what organizers brought as files)
rows/ballot.jsonl, judged_pair.jsonl, discussion_comment.jsonl, assignment.jsonl
                    您作为评委的排序、两两比较、讨论发言、分配与回避
                    your ballots, comparisons, comments, assignments and declared conflicts, if you judged
scorecards.jsonl    您作为评委的评分，含重新打开前的版本
                    your scorecards, if you judged, each as it was before it was opened again, too
contacts.jsonl      您作为联系人的需求 / requirements that name you as their contact
letters.jsonl       本站寄给您的信 / the letters that this site wrote to you
audit.jsonl         审计记录中您的操作（仅代码） / what you did, as codes of the audit trail
objections/         您提出异议时附上的材料 / the evidence that you filed with objections
submissions/        您所在团队的每份方案，各有一个文件夹 / a folder for each submission of your teams:
  submission.json   草稿与团队 / the draft and its team
  draft-files/      草稿的文件 / files of the draft
  versions/N/       第 N 个提交版本：version.json、receipt.json（签名回执）、files/
                    what was submitted as version N: version.json, receipt.json (the signed receipt), files/
  refusals/         截止后到达的签名拒收证明 / signed refusals of what arrived too late
  feedback.json     评审反馈：评分、名次或区间、评语，由组织者选定，公开后才有
                    scores, place or band, comments: what the organizer released of the judging
  gallery.json      负责人同意在成果展示中公开的内容；文件以 SHA-256 标明
                    what its owner lets the public gallery show; files by SHA-256
  read-by.jsonl     谁在何时读过 / who read it, and when
  audit.jsonl       该方案的审计记录 / the audit trail of the submission, as codes
contents.json       所有文件的大小与 SHA-256；在最后写入，没有它说明下载不完整
                    size and SHA-256 of every file; written last: without it the download is not whole

文件与提交时逐字节相同，SHA-256 与回执一致。密码与登录凭据不在其中。
Files are byte for byte what was submitted, as the receipts say. Passwords and sign-in secrets are not in it.
"""

/* shell/pdf/papers.h -- what the desk hands out on paper: settlement statement, receipt, one-time notice,
 * proof of enrolment.
 *
 * The statement has the groups of the national settlement record (person and visit, sums, funds, charge
 * lines) with their national names; the layout of a printed form is each region's own and no published
 * one is copied here.  All are as of the snapshot that `k` shows; who may have one is decided before. */
#ifndef YH_SHELL_PDF_PAPERS_H
#define YH_SHELL_PDF_PAPERS_H
#include "service/portal/matters.h"
#include "shell/pdf/pdf.h"

/* 医疗保障结算单 of one settlement of a person, with its lines.  YH_NOT_FOUND. */
YH_MUST_USE
enum yh_status yh_paper_statement(const struct yh_look *k, yh_str person, yh_str settlement,
                                  yh_str *pdf, struct yh_err *err);
/* 受理回执: what was asked, which papers, until when; the code holds the matter's number. */
YH_MUST_USE
enum yh_status yh_paper_receipt(const struct yh_look *k, const struct yh_matter_row *m,
                                yh_str *pdf, struct yh_err *err);
/* 一次性告知书: what the matter still wants. */
YH_MUST_USE
enum yh_status yh_paper_notice(const struct yh_look *k, const struct yh_matter_row *m,
                               yh_str *pdf, struct yh_err *err);
/* 参保凭证: the person's enrolments; `proof` goes into the code, `beside` says how to check it. */
YH_MUST_USE
enum yh_status yh_paper_certificate(const struct yh_look *k, yh_str person, yh_str proof,
                                    yh_str beside, yh_str *pdf, struct yh_err *err);
#endif

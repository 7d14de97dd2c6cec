# make          list the targets
# make check    everything that must be green before a commit
#
# A bare server has no make: there, start installer/demo.sh or installer/test.sh.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup check fix test browser faults scan bench demo

help:     ## Show this list
	@sed -n 's/^\([a-z]*\): *## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

setup:    ## Make .venv with everything a contributor needs, or bring it up to date
	@set -euo pipefail; source installer/lib.sh; venv requirements-dev.lock

check:    ## Check all that must be green before a commit: style, types, shell, tests
	@installer/test.sh

fix:      ## Let the tools repair what they can
	.venv/bin/ruff check --fix . ; .venv/bin/ruff format .

test:     ## Run the quick tests, the ones for every few minutes
	.venv/bin/pytest -q -n auto -m 'not browser and not faults'

browser:  ## Drive the pages with a real Chromium
	.venv/bin/pytest -q -m browser

faults:   ## Kill the box again and again, count what was lost; NAME=postfix picks one
	.venv/bin/python -m tests.faults $(NAME)

scan:     ## Let a web scanner attack a practice box (needs Debian's wapiti)
	.venv/bin/python -m tests.scan

bench:    ## Measure how fast the box is; “make bench desk” picks one measurement
	.venv/bin/python -m tests.bench $(NAME) $(filter desk form intake lea ntd outbox trace,$(MAKECMDGOALS))

.PHONY: machine
machine:  ## Install on a fresh machine and try it to the end; MEANS="ssh root@box"
	.venv/bin/python -m tests.machine $(MEANS)

.PHONY: desk form intake lea ntd outbox trace
desk form intake lea ntd outbox trace: bench ;

demo:     ## Try a practice box with made-up reports
	@installer/demo.sh

.PHONY: translations
translations: ## Add new sentences of the form to the catalogues, for people to fill
	.venv/bin/python -m tests.catalogues

.PHONY: screenshots
screenshots: ## Draw the pictures of the README and the docs anew
	.venv/bin/python -m tests.browser.screenshots

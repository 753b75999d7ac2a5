"""An invented holiday notice for 2027, of which the package knows only the statutory days, marked provisional.

Against them: Saturday 9 January is worked, so that limits over it end a day earlier; 11 and 12 February are off, so that limits over them end a day
later (the two together); Saturday 27 February is worked, after which the two calendars count alike until April.
"""

NOTICE = """
year = 2027
status = "announced"

[[notice]]
title = { zh = "关于2027年部分节假日安排的通知（虚构）", en = "Notice on the holidays of 2027 (invented)" }
number = "测试〔2026〕1号"
date = 2026-11-20

[[holiday]]
name = { zh = "元旦", en = "New Year's Day" }
first = 2027-01-01
last = 2027-01-03
work = [2027-01-09]

[[holiday]]
name = { zh = "春节", en = "Spring Festival" }
first = 2027-02-05
last = 2027-02-14
work = [2027-02-27]

[[holiday]]
name = { zh = "国庆节", en = "National Day" }
first = 2027-10-01
last = 2027-10-07
"""

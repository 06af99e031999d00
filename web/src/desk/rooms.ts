// The rooms of the desk, one row each: menu, routes and the check of roles follow from the row.
// A room whose roles do not fit is neither in the menu nor reachable; the server refuses anyway.
import type { Component } from 'vue'

export interface Room {
  path: string
  name: [string, string]
  roles: string[]
  page: () => Promise<{ default: Component }>
  menu?: false // reached from another room
}

export const ROOMS: Room[] = []
